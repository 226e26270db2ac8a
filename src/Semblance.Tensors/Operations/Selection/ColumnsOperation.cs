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
        ArgumentNullException.ThrowIfNull(x);
        return run.Columns(x, first, count, x.Columns);
    }

    /// <summary>
    /// Returns a range of columns of each group of columns, side by side, as the queries of all heads if a row has the query, the key and
    /// the value of each head in turn.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × groups · period]</c>.</param>
    /// <param name="first">The first column of the range in a group, from 0.</param>
    /// <param name="count">The number of columns of the range, at least one.</param>
    /// <param name="period">The number of columns of a group.</param>
    /// <returns><c>[rows × groups · count]</c>.</returns>
    /// <exception cref="ArgumentException">The groups do not fill the columns of <paramref name="x"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside a group.</exception>
    public static Tensor Columns(this Computation run, Tensor x, int first, int count, int period)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, period - first);
        if (x.Columns % period != 0)
        {
            throw new ArgumentException($"Groups of {period} columns do not fill the {x.Columns} columns of {x}.", nameof(period));
        }

        var y = run.Lease(x.Rows, x.Columns / period * count);
        for (var group = 0; group < x.Length / period; group++)
        {
            x.Values.Slice((group * period) + first, count).CopyTo(y.Writable[(group * count)..]);
        }

        run.Trace?.Columns(y, x, first, count, period);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, first, count, period, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, int first, int count, int period, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        dx.Writable.Clear();
        for (var group = 0; group < x.Length / period; group++)
        {
            gradient.Values.Slice(group * count, count).CopyTo(dx.Writable[((group * period) + first)..]);
        }

        x.AddGradient(dx);
    }
}
