using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides root-mean-square normalization.</summary>
public static class RmsNormOperation
{
    /// <summary>
    /// Computes x / √(mean(x²) + ε) · (weight + offset) over each row, or over each part of a row that is as wide as the layer, such as a
    /// head.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>, or <c>[rows × parts · columns]</c>.</param>
    /// <param name="layer">The parameters.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The width of <paramref name="x"/> is not a multiple of the layer's.</exception>
    public static Tensor RmsNorm(this Computation run, Tensor x, RmsNorm layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        return layer.WrapperIn(run) is { } wrapper ? wrapper.Forward(run, x, input => Alone(run, input, layer)) : Alone(run, x, layer);
    }

    private static Tensor Alone(Computation run, Tensor x, RmsNorm layer)
    {
        if (layer.Columns == 0 || x.Columns % layer.Columns != 0)
        {
            throw new ArgumentException($"An RMS norm of {layer.Columns} columns cannot be applied to {x}.", nameof(x));
        }

        var y = run.Lease(x.Shape);
        run.Execute(new RmsNormKernel(x, layer, y), x.Length / layer.Columns, 4L * x.Length);
        run.Trace?.RmsNorm(y, x, layer);
        if (run.Recording && (x.RequiresGradient || layer.Weight.RequiresGradient))
        {
            run.Record(y, gradient => Backward(run, x, layer, gradient), x, layer.Weight);
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, RmsNorm layer, Tensor gradient)
    {
        var rows = x.Length / layer.Columns;
        var dx = run.Lease(x.Shape);
        var products = layer.Weight.RequiresGradient ? run.Lease(rows, layer.Columns) : null;
        run.Execute(new RmsNormGradient(x, layer, gradient, products, dx), rows, 8L * x.Length);
        if (products is not null)
        {
            layer.Weight.AddGradient(run.SumColumns(products, null, layer.Weight));
            products.Release();
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
