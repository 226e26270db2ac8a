using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides sums of rows and a trainable row.</summary>
public static class AddRowOperation
{
    /// <summary>Adds the same row to each row, such as a bias.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="row">A number for each column.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The row is not as wide as <paramref name="x"/>.</exception>
    public static Tensor AddRow(this Computation run, Tensor x, Tensor row)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(row);
        if (row.Length != x.Columns)
        {
            throw new ArgumentException($"A row {row} does not fit the columns of {x}.", nameof(row));
        }

        var y = run.Lease(x.Shape);
        for (var i = 0; i < x.Rows; i++)
        {
            TensorPrimitives.Add(x.Row(i), row.Values, y.Writable.Slice(i * x.Columns, x.Columns));
        }

        run.Trace?.AddRow(y, x, row);
        if (run.Recording && (x.RequiresGradient || row.RequiresGradient))
        {
            run.Record(y, gradient => Backward(run, x, row, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, Tensor row, Tensor gradient)
    {
        if (row.RequiresGradient)
        {
            row.AddGradient(run.SumColumns(gradient, null, row));
        }

        if (x.RequiresGradient)
        {
            x.AddGradient(gradient);
        }
    }
}
