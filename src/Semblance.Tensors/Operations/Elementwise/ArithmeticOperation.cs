using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides sums, differences and products, element by element.</summary>
public static class ArithmeticOperation
{
    /// <summary>Computes x + y.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <param name="y">A tensor of the same shape.</param>
    /// <returns>A tensor of the same shape.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Add(this Computation run, Tensor x, Tensor y)
    {
        var result = LeaseLike(run, x, y);
        TensorPrimitives.Add(x.Values, y.Values, result.Writable);
        run.Trace?.Add(result, x, y);
        // The gradient itself goes to x, which comes last.
        Record(run, x, y, result, gradient => gradient, gradient => x.RequiresGradient ? Scaled(run, gradient, 1) : gradient);
        return result;
    }

    /// <summary>Computes x − y.</summary>
    /// <inheritdoc cref="Add"/>
    public static Tensor Subtract(this Computation run, Tensor x, Tensor y)
    {
        var result = LeaseLike(run, x, y);
        TensorPrimitives.Subtract(x.Values, y.Values, result.Writable);
        run.Trace?.Subtract(result, x, y);
        Record(run, x, y, result, gradient => gradient, gradient => Scaled(run, gradient, -1));
        return result;
    }

    /// <summary>Computes x · y, element by element.</summary>
    /// <inheritdoc cref="Add"/>
    public static Tensor Multiply(this Computation run, Tensor x, Tensor y)
    {
        var result = LeaseLike(run, x, y);
        TensorPrimitives.Multiply(x.Values, y.Values, result.Writable);
        run.Trace?.Multiply(result, x, y);
        Record(
            run, x, y, result, gradient => Products(run, gradient, y), gradient => Products(run, gradient, x),
            y.RequiresGradient ? x : null, x.RequiresGradient ? y : null);
        return result;
    }

    /// <summary>Computes factor · x + offset, with constants.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <param name="factor">The factor of every element.</param>
    /// <param name="offset">The number added to every product. 0 by default.</param>
    /// <returns>A tensor of the same shape.</returns>
    public static Tensor Scale(this Computation run, Tensor x, float factor, float offset = 0)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var result = Scaled(run, x, factor);
        if (offset != 0)
        {
            TensorPrimitives.Add(result.Values, offset, result.Writable);
        }

        run.Trace?.Scale(result, x, factor, offset);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(result, gradient => x.AddGradient(Scaled(run, gradient, factor)));
        }

        return result;
    }

    private static Tensor LeaseLike(Computation run, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return x.Shape.SequenceEqual(y.Shape)
            ? run.Lease(x.Shape)
            : throw new ArgumentException($"{x} and {y} have different shapes.", nameof(y));
    }

    private static void Record(
        Computation run,
        Tensor x,
        Tensor y,
        Tensor result,
        Func<Tensor, Tensor> backwardX,
        Func<Tensor, Tensor> backwardY,
        params ReadOnlySpan<Tensor?> needed)
    {
        if (run.Recording && (x.RequiresGradient || y.RequiresGradient))
        {
            run.Record(result, gradient =>
            {
                if (y.RequiresGradient)
                {
                    y.AddGradient(backwardY(gradient));
                }

                if (x.RequiresGradient)
                {
                    x.AddGradient(backwardX(gradient));
                }
            }, needed);
        }
    }

    private static Tensor Scaled(Computation run, Tensor x, float factor)
    {
        var result = run.Lease(x.Shape);
        TensorPrimitives.Multiply(x.Values, factor, result.Writable);
        return result;
    }

    private static Tensor Products(Computation run, Tensor x, Tensor y)
    {
        var result = run.Lease(x.Shape);
        TensorPrimitives.Multiply(x.Values, y.Values, result.Writable);
        return result;
    }
}
