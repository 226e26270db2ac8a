namespace Semblance.Tensors;

/// <summary>Picking columns.</summary>
public static class ColumnsOperation
{
    /// <summary>The first columns of each row: how Matryoshka vectors are shortened (Kusupati et al. 2022, arXiv:2205.13147).</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="count">How many columns to keep, from 1 to all.</param>
    /// <returns><c>[rows × count]</c>.</returns>
    public static Tensor FirstColumns(this Computation run, Tensor x, int count)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, x.Columns);
        var y = run.Lease(x.Rows, count);
        for (var row = 0; row < x.Rows; row++)
        {
            x.Row(row)[..count].CopyTo(y.Writable[(row * count)..]);
        }

        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        dx.Writable.Clear();
        for (var row = 0; row < x.Rows; row++)
        {
            gradient.Row(row).CopyTo(dx.Writable[(row * x.Columns)..]);
        }

        x.AddGradient(dx);
    }
}
