namespace Semblance.Training;

/// <summary>Splits a data set into folds with the label frequencies of the whole.</summary>
internal static class StratifiedFolds
{
    /// <summary>
    /// Returns the fold of each row, from 0: random, but with numbers of rows per label and fold that differ by at most one.
    /// </summary>
    public static int[] Of(IReadOnlyList<int> labels, int folds, long seed)
    {
        var byClass = Permutation.Of(labels.Count, seed, 0).OrderBy(row => labels[row]); // stable
        var fold = new int[labels.Count];
        foreach (var (place, row) in byClass.Index())
        {
            fold[row] = place % folds;
        }

        return fold;
    }
}
