namespace Semblance;

/// <summary>
/// Represents the result of <see cref="HardNegativeMining"/>: training rows, in the formats that losses take, and statistics.
/// </summary>
public sealed class HardNegatives
{
    private readonly int _numNegatives;

    internal HardNegatives(
        IReadOnlyList<MinedPair> pairs, int anchors, int numNegatives, long candidates, IReadOnlyDictionary<string, long> rejected)
    {
        _numNegatives = numNegatives;
        (Pairs, Anchors, Candidates, Rejected) = (pairs, anchors, candidates, rejected);
        Positives = ScoreSummary.Of(pairs.Select(pair => (double)pair.PositiveScore));
        Negatives = ScoreSummary.Of(Triplets().Select(triplet => (double)triplet.NegativeScore));
        Differences = ScoreSummary.Of(Triplets().Select(triplet => (double)triplet.PositiveScore - triplet.NegativeScore));
    }

    /// <summary>Gets the distinct pairs, grouped by anchor, with the negatives of the anchor, of which there may be none.</summary>
    public IReadOnlyList<MinedPair> Pairs { get; }

    /// <summary>Gets the number of distinct anchors.</summary>
    public int Anchors { get; }

    /// <summary>Gets the number of candidates of all anchors, without their positives.</summary>
    public long Candidates { get; }

    /// <summary>
    /// Gets the number of candidates that each limit rejected, by the name of the option; a candidate counts for the first limit that
    /// rejects it.
    /// </summary>
    public IReadOnlyDictionary<string, long> Rejected { get; }

    /// <summary>Gets the number of missing negatives: pairs × requested negatives − negatives found.</summary>
    public long Missing => ((long)Pairs.Count * _numNegatives) - Negatives.Count;

    /// <summary>Gets a summary of the scores of the pairs.</summary>
    public ScoreSummary Positives { get; }

    /// <summary>Gets a summary of the scores of the negatives, for each pair.</summary>
    public ScoreSummary Negatives { get; }

    /// <summary>Gets a summary of the differences between the score of a pair and those of its negatives.</summary>
    public ScoreSummary Differences { get; }

    /// <summary>Returns a row for each negative of each pair (the format <c>triplet</c>).</summary>
    public IEnumerable<MinedTriplet> Triplets() =>
        Pairs.SelectMany(
            pair => pair.Negatives.Select(
                negative => new MinedTriplet(pair.Anchor, pair.Positive, negative.Text, pair.PositiveScore, negative.Score)));

    /// <summary>Returns the pairs that have all requested negatives (the formats <c>n-tuple</c> and <c>n-tuple-scores</c>).</summary>
    public IEnumerable<MinedPair> Tuples() => Pairs.Where(pair => pair.Negatives.Count == _numNegatives);

    /// <summary>
    /// Returns for each anchor its positives with label 1, then its negatives with label 0, each once (the format <c>labeled-pair</c>).
    /// </summary>
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

    /// <summary>
    /// Returns the pairs that have at least one negative (the format <c>labeled-list</c>: the positive with label 1, then the negatives
    /// with label 0).
    /// </summary>
    public IEnumerable<MinedPair> LabeledLists() => Pairs.Where(pair => pair.Negatives.Count > 0);
}
