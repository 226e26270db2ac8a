using System.Numerics.Tensors;

namespace Semblance.Tensors;

/// <summary>Provides the selection of rows.</summary>
public static class RowsOperation
{
    /// <summary>Returns rows of a matrix, in any order; a row may be selected more than once.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="rows">The indices of the rows, from 0. The array is not copied.</param>
    /// <returns><c>[selected × columns]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A row is outside <paramref name="x"/>.</exception>
    public static Tensor Rows(this Computation run, Tensor x, int[] rows)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(rows);
        var y = run.Lease(rows.Length, x.Columns);
        for (var i = 0; i < rows.Length; i++)
        {
            x.Row(rows[i]).CopyTo(y.Writable.Slice(i * x.Columns, x.Columns));
        }

        run.Trace?.Rows(y, x, rows);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, rows, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, int[] rows, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        dx.Writable.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            var row = dx.Writable.Slice(rows[i] * x.Columns, x.Columns);
            TensorPrimitives.Add(row, gradient.Row(i), row);
        }

        x.AddGradient(dx);
    }
}
