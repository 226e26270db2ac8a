namespace Semblance.Tensors;

/// <summary>Provides the selection of columns.</summary>
public static class ColumnsOperation
{
    /// <summary>
    /// Returns the first columns of each row, as Matryoshka embeddings are truncated (Kusupati et al. 2022, arXiv:2205.13147).
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="count">The number of columns, from 1 to all.</param>
    /// <returns><c>[rows × count]</c>.</returns>
    public static Tensor FirstColumns(this Computation run, Tensor x, int count) => run.Columns(x, 0, count);

    /// <summary>Returns a range of columns of each row.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="first">The first column, from 0.</param>
    /// <param name="count">The number of columns, at least one.</param>
    /// <returns><c>[rows × count]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The columns are outside <paramref name="x"/>.</exception>
    public static Tensor Columns(this Computation run, Tensor x, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, x.Columns - first);
        var y = run.Lease(x.Rows, count);
        for (var row = 0; row < x.Rows; row++)
        {
            x.Row(row).Slice(first, count).CopyTo(y.Writable[(row * count)..]);
        }

        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, first, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, int first, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        dx.Writable.Clear();
        for (var row = 0; row < x.Rows; row++)
        {
            gradient.Row(row).CopyTo(dx.Writable[((row * x.Columns) + first)..]);
        }

        x.AddGradient(dx);
    }
}
