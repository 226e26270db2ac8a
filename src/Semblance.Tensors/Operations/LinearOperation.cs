using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>y = f(x Wᵀ + b).</summary>
public static class LinearOperation
{
    /// <summary>A linear layer and the activation that follows it, in one pass over the result.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × inputs]</c>.</param>
    /// <param name="layer">The parameters.</param>
    /// <param name="activation">What follows.</param>
    /// <returns><c>[rows × outputs]</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> is not as wide as the layer's inputs.</exception>
    public static Tensor Linear(this Computation run, Tensor x, Linear layer, Activation activation = Activation.Identity)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        if (x.Columns != layer.Inputs)
        {
            throw new ArgumentException($"A linear layer of {layer.Inputs} inputs cannot take {x}.", nameof(x));
        }

        var y = run.Lease(x.Rows, layer.Outputs);
        var kernel = new MatrixProduct(x, layer.Packed(run.Instructions), layer.Bias, activation, y);
        run.Execute(kernel, kernel.Items, (long)x.Rows * layer.Inputs * layer.Outputs);
        GC.KeepAlive(x); // the kernel saw only addresses
        GC.KeepAlive(layer);
        return y;
    }
}
