"""Pages of regulators: figures with definitions, exports, proof of the journal."""
