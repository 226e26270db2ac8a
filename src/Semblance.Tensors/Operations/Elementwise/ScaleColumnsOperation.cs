using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides products of columns and trainable numbers.</summary>
public static class ScaleColumnsOperation
{
    /// <summary>Multiplies each column by a number of its own: x · factors in each row.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="factors">A number for each column.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The number of factors is not the number of columns.</exception>
    public static Tensor ScaleColumns(this Computation run, Tensor x, Tensor factors)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Length != x.Columns)
        {
            throw new ArgumentException($"Factors {factors} do not fit the columns of {x}.", nameof(factors));
        }

        var y = Scaled(run, x, factors);
        run.Trace?.ScaleColumns(y, x, factors);
        if (run.Recording && (x.RequiresGradient || factors.RequiresGradient))
        {
            run.Record(y, gradient => Backward(run, x, factors, gradient), factors.RequiresGradient ? x : null, factors);
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, Tensor factors, Tensor gradient)
    {
        if (factors.RequiresGradient)
        {
            factors.AddGradient(run.SumColumns(gradient, x, factors));
        }

        if (x.RequiresGradient)
        {
            x.AddGradient(Scaled(run, gradient, factors));
        }
    }

    private static Tensor Scaled(Computation run, Tensor x, Tensor factors)
    {
        var y = run.Lease(x.Shape);
        for (var row = 0; row < x.Rows; row++)
        {
            TensorPrimitives.Multiply(x.Row(row), factors.Values, y.Writable.Slice(row * x.Columns, x.Columns));
        }

        return y;
    }
}
