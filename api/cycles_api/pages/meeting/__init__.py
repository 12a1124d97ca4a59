"""Today's meeting 今日教研, on phones, on the wall and on paper."""
