namespace Semblance.Training;

/// <summary>Parts of a data set in which every class is as frequent as in the whole.</summary>
internal static class StratifiedFolds
{
    /// <summary>The fold of each row, from 0: by chance, but of each class as many in every fold as in any other, give or take one.</summary>
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
