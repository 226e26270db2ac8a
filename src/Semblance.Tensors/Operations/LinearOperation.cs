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

        if (!run.Recording || !(x.RequiresGradient || layer.RequiresGradient))
        {
            return Product(run, x, layer.Packed(run.Instructions), layer.Bias, activation);
        }

        // The way back needs what the activation saw.
        var sums = Product(run, x, layer.Packed(run.Instructions), layer.Bias, Activation.Identity);
        run.Record(sums, gradient => Backward(run, x, layer, gradient));
        return activation == Activation.Identity ? sums : run.Activate(sums, activation);
    }

    internal static void Backward(Computation run, Tensor x, Linear layer, Tensor gradient) // gradient: [rows × outputs]
    {
        if (x.RequiresGradient)
        {
            x.AddGradient(Product(run, gradient, PackedMatrix.Pack(layer.Weight, run.Instructions), null, Activation.Identity)); // dy · W
        }

        if (layer.Weight.RequiresGradient)
        {
            var transposed = run.Lease(gradient.Columns, gradient.Rows);
            var transpose = new TransposeKernel(gradient, transposed);
            run.Execute(transpose, transpose.Items, gradient.Length);
            layer.Weight.AddGradient(Product(run, transposed, PackedMatrix.Pack(x, run.Instructions), null, Activation.Identity)); // dyᵀ · x
            transposed.Release();
        }

        if (layer.Bias is { RequiresGradient: true } bias)
        {
            var sums = run.Lease(bias.Shape);
            var columnSums = new ColumnSums(gradient, sums);
            run.Execute(columnSums, columnSums.Items, gradient.Length);
            bias.AddGradient(sums);
        }
    }

    internal static Tensor Product(Computation run, Tensor x, PackedMatrix panels, Tensor? bias, Activation activation)
    {
        var y = run.Lease(x.Rows, panels.Columns);
        var kernel = new MatrixProduct(x, panels, bias, activation, y);
        run.Execute(kernel, kernel.Items, (long)x.Rows * panels.Depth * panels.Columns);
        GC.KeepAlive(x); // the kernel saw only addresses
        GC.KeepAlive(bias);
        return y;
    }
}
