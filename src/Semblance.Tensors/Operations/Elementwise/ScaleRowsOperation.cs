using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides products of rows and constants.</summary>
public static class ScaleRowsOperation
{
    /// <summary>Multiplies each row by a constant of its own.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="factors">A number for each row. The array is not copied.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="ArgumentException">The number of factors is not the number of rows.</exception>
    public static Tensor ScaleRows(this Computation run, Tensor x, float[] factors)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Length != x.Rows)
        {
            throw new ArgumentException($"{factors.Length} factors do not fit the rows of {x}.", nameof(factors));
        }

        var y = Scaled(run, x, factors);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => x.AddGradient(Scaled(run, gradient, factors)));
        }

        return y;
    }

    private static Tensor Scaled(Computation run, Tensor x, float[] factors)
    {
        var y = run.Lease(x.Shape);
        for (var row = 0; row < x.Rows; row++)
        {
            TensorPrimitives.Multiply(x.Row(row), factors[row], y.Writable.Slice(row * x.Columns, x.Columns));
        }

        return y;
    }
}
