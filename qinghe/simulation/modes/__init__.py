"""What a made-up market does beside grabbing: packages, bids, dispatch, quotes, teams, ratings."""
