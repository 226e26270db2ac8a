namespace Semblance.Tensors;

/// <summary>Provides sums, accumulated in double precision.</summary>
public static class SumOperation
{
    /// <summary>Computes the sum of all elements.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <returns><c>[1]</c>.</returns>
    public static Tensor Sum(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        return Sums(run, x, x.Length, [1]);
    }

    /// <summary>Computes the sum of each row.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <returns><c>[rows × 1]</c>.</returns>
    public static Tensor RowSums(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        return Sums(run, x, x.Columns, [x.Rows, 1]);
    }

    // Each element of y is the sum of the next count elements of x.
    private static Tensor Sums(Computation run, Tensor x, int count, ReadOnlySpan<int> shape)
    {
        var y = run.Lease(shape);
        for (var i = 0; i < y.Length; i++)
        {
            double sum = 0;
            foreach (var value in x.Values.Slice(i * count, count))
            {
                sum += value;
            }

            y.Writable[i] = (float)sum;
        }

        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient =>
            {
                var dx = run.Lease(x.Shape);
                for (var i = 0; i < gradient.Length; i++)
                {
                    dx.Writable.Slice(i * count, count).Fill(gradient.Values[i]);
                }

                x.AddGradient(dx);
            });
        }

        return y;
    }
}
