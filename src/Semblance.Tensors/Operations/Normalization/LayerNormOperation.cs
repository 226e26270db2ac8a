using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides layer normalization, alone and after a residual connection.</summary>
public static class LayerNormOperation
{
    /// <summary>Computes (x − mean) / √(variance + ε) · weight + bias, row by row.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="layer">The parameters.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> is not as wide as the layer.</exception>
    public static Tensor LayerNorm(this Computation run, Tensor x, LayerNorm layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(layer);
        return layer.WrapperIn(run) is { } wrapper
            ? wrapper.Forward(run, x, input => Apply(run, input, null, layer))
            : Apply(run, x, null, layer);
    }

    /// <summary>Computes the layer normalization of x + residual.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="residual"><c>[rows × columns]</c>, the residual connection: the input of the block that computed x.</param>
    /// <param name="layer">The parameters.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor AddLayerNorm(this Computation run, Tensor x, Tensor residual, LayerNorm layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(residual);
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.WrapperIn(run) is not null)
        {
            using var sum = run.Add(x, residual);
            return run.LayerNorm(sum, layer);
        }

        return Apply(run, x, residual, layer);
    }

    private static Tensor Apply(Computation run, Tensor x, Tensor? residual, LayerNorm layer)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Columns != layer.Columns || (residual is not null && (residual.Rows != x.Rows || residual.Columns != x.Columns)))
        {
            throw new ArgumentException(
                $"A layer norm of {layer.Columns} columns cannot be applied to {x} with a residual {residual}.", nameof(x));
        }

        var records = run.Recording && (x.RequiresGradient || residual is { RequiresGradient: true } || layer.RequiresGradient);
        // The backward pass needs the sum alone, and x and the residual return to the pool.
        var sum = records && residual is not null ? run.Lease(x.Rows, x.Columns) : null;
        var y = run.Lease(x.Rows, x.Columns);
        run.Execute(new LayerNormKernel(x, residual, layer, sum, y), x.Rows, 8L * x.Length);
        run.Trace?.LayerNorm(y, x, residual, layer);
        if (records)
        {
            run.Record(y, gradient => Backward(run, x, residual, sum, layer, gradient), sum is null ? x : null, layer.Weight);
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, Tensor? residual, Tensor? sum, LayerNorm layer, Tensor gradient)
    {
        var dx = sum ?? run.Lease(x.Shape); // a row of the sum is read before its gradient is written
        var normalized = layer.Weight.RequiresGradient ? run.Lease(x.Shape) : null;
        var (dResidual, adds) = residual is { RequiresGradient: true } ? residual.GradientToWrite(run) : (null, false);
        run.Execute(new LayerNormGradient(sum ?? x, layer, gradient, normalized, dx, dResidual, adds), x.Rows, 16L * x.Length);
        if (normalized is not null)
        {
            layer.Weight.AddGradient(run.SumColumns(gradient, normalized, layer.Weight));
            normalized.Release();
        }

        if (layer.Bias is { RequiresGradient: true } bias)
        {
            bias.AddGradient(run.SumColumns(gradient, null, bias));
        }

        if (x.RequiresGradient)
        {
            x.AddGradient(dx);
        }
        else
        {
            dx.Release();
        }
    }
}
