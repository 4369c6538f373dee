"""The whole platform on one machine with nothing installed beside Python: engines from wheels, kept by us."""
