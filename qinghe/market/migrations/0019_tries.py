"""Tries of a day that place or amount ended; bids of open boxes are held to what is shown."""

from django.db import migrations, models

# The floor of an exact band would tell it: hand-ins are judged by what the hall shows.
FLOORS = "UPDATE market_invitation SET floor_rate = 0 WHERE opened_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [("market", "0018_teams")]

    operations = [
        migrations.AddField(
            model_name="capacity",
            name="tried_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="capacity",
            name="tried",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(FLOORS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='bid',
            name='reason',
            field=models.TextField(choices=[('won', 'Won'), ('outranked', 'Another bid stood before it by the published rule'), ('above_reserve', 'Above the highest commission the creditor accepts'), ('below_floor', 'Below the bare cost of working the order'), ('no_licence', 'No valid registration for the region'), ('no_standing', "The bidder's review, standing or certificate does not suffice"), ('no_capacity', 'No free place for one more order'), ('over_band', 'Larger than the bidder may take'), ('over_exposure', "The bidder's deposit does not cover it"), ('conflict', 'Bidder and creditor are one hand'), ('withdrawn', 'Withdrawn by the bidder'), ('late', 'Handed in after the box had closed'), ('terms_changed', 'The terms of mandate changed after the bid was signed'), ('stopped', 'The claim or its creditor was stopped, so nobody got it'), ('not_chosen', 'Did not get the order'), ('out_of_reach', "The order's place or amount lies outside the registration, amount band or deposit")]),
        ),
        migrations.AlterField(
            model_name='bidrefusal',
            name='reason',
            field=models.TextField(choices=[('won', 'Won'), ('outranked', 'Another bid stood before it by the published rule'), ('above_reserve', 'Above the highest commission the creditor accepts'), ('below_floor', 'Below the bare cost of working the order'), ('no_licence', 'No valid registration for the region'), ('no_standing', "The bidder's review, standing or certificate does not suffice"), ('no_capacity', 'No free place for one more order'), ('over_band', 'Larger than the bidder may take'), ('over_exposure', "The bidder's deposit does not cover it"), ('conflict', 'Bidder and creditor are one hand'), ('withdrawn', 'Withdrawn by the bidder'), ('late', 'Handed in after the box had closed'), ('terms_changed', 'The terms of mandate changed after the bid was signed'), ('stopped', 'The claim or its creditor was stopped, so nobody got it'), ('not_chosen', 'Did not get the order'), ('out_of_reach', "The order's place or amount lies outside the registration, amount band or deposit")]),
        ),
    ]
