namespace Semblance;

/// <summary>What <see cref="HardNegativeMining"/> found: rows to train on, in the forms that losses take, and statistics.</summary>
public sealed class HardNegatives
{
    private readonly int _numNegatives;

    internal HardNegatives(IReadOnlyList<MinedPair> pairs, int anchors, int numNegatives, long candidates, IReadOnlyDictionary<string, long> rejected)
    {
        _numNegatives = numNegatives;
        (Pairs, Anchors, Candidates, Rejected) = (pairs, anchors, candidates, rejected);
        Positives = ScoreSummary.Of(pairs.Select(pair => (double)pair.PositiveScore));
        Negatives = ScoreSummary.Of(Triplets().Select(triplet => (double)triplet.NegativeScore));
        Differences = ScoreSummary.Of(Triplets().Select(triplet => (double)triplet.PositiveScore - triplet.NegativeScore));
    }

    /// <summary>Every different pair that was given, those of an anchor together, with the negatives of its anchor: any number from none on.</summary>
    public IReadOnlyList<MinedPair> Pairs { get; }

    /// <summary>How many different anchors there are.</summary>
    public int Anchors { get; }

    /// <summary>How many texts were looked at, those of all anchors together, without their positives.</summary>
    public long Candidates { get; }

    /// <summary>How many of them each limit rejected, under the name of the option; one that an earlier limit rejected is not counted again.</summary>
    public IReadOnlyDictionary<string, long> Rejected { get; }

    /// <summary>How many negatives are missing: pairs × the number wanted − the number found.</summary>
    public long Missing => ((long)Pairs.Count * _numNegatives) - Negatives.Count;

    /// <summary>The scores of the pairs.</summary>
    public ScoreSummary Positives { get; }

    /// <summary>The scores of the negatives, for each pair.</summary>
    public ScoreSummary Negatives { get; }

    /// <summary>How much better a pair's positive scores than each of its negatives.</summary>
    public ScoreSummary Differences { get; }

    /// <summary>A row for each negative of each pair (the form <c>triplet</c>).</summary>
    public IEnumerable<MinedTriplet> Triplets() =>
        Pairs.SelectMany(pair => pair.Negatives.Select(negative => new MinedTriplet(pair.Anchor, pair.Positive, negative.Text, pair.PositiveScore, negative.Score)));

    /// <summary>The pairs that have all the negatives that were wanted (the forms <c>n-tuple</c> and <c>n-tuple-scores</c>).</summary>
    public IEnumerable<MinedPair> Tuples() => Pairs.Where(pair => pair.Negatives.Count == _numNegatives);

    /// <summary>Of each anchor its positives, labelled 1, then its negatives, labelled 0, each once (the form <c>labeled-pair</c>).</summary>
    public IEnumerable<LabeledPair> LabeledPairs()
    {
        for (var i = 0; i < Pairs.Count; i++)
        {
            var pair = Pairs[i];
            yield return new LabeledPair(pair.Anchor, pair.Positive, 1, pair.PositiveScore);
            if (i + 1 == Pairs.Count || Pairs[i + 1].Anchor != pair.Anchor)
            {
                foreach (var negative in pair.Negatives)
                {
                    yield return new LabeledPair(pair.Anchor, negative.Text, 0, negative.Score);
                }
            }
        }
    }

    /// <summary>The pairs that have a negative at all (the form <c>labeled-list</c>: the positive, labelled 1, then the negatives, labelled 0).</summary>
    public IEnumerable<MinedPair> LabeledLists() => Pairs.Where(pair => pair.Negatives.Count > 0);
}
