using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>y = f(x Wᵀ + b), or f(x W + b) where the weight lies transposed.</summary>
public static class LinearOperation
{
    // The gradient of a weight is summed over so many rows at a time: their panels fit the second-level cache.
    private const int RowsOfPart = 1024;

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
        var panelWidth = PackedMatrix.PanelWidthOf(run.Instructions);
        if (x.RequiresGradient)
        {
            using var weight = PackedMatrix.Reverse(run, layer, panelWidth);
            var (dx, adds) = x.GradientToWrite(run);
            Execute(run, new MatrixProduct(gradient, weight, null, Activation.Identity, dx, adds), gradient.Rows, weight); // dy · W
        }

        if (layer.Weight.RequiresGradient)
        {
            var (dWeight, adds) = layer.Weight.GradientToWrite(run);
            var (left, right) = layer.IsTransposed ? (x, gradient) : (gradient, x);
            for (var first = 0; first < x.Rows; first += RowsOfPart, adds = true)
            {
                var end = Math.Min(x.Rows, first + RowsOfPart);
                using var rows = PackedMatrix.Pack(run, left, first, end, PackedMatrix.TileRowsOf(run.Instructions));
                using var columns = PackedMatrix.Pack(run, right, first, end, panelWidth);
                Execute(run, new MatrixProduct(rows, columns, dWeight, adds), left.Columns, columns); // dyᵀ · x, or xᵀ · dy
            }
        }

        if (layer.Bias is { RequiresGradient: true } bias)
        {
            bias.AddGradient(run.SumColumns(gradient, null, bias));
        }

        GC.KeepAlive(x); // the kernels saw only addresses
        GC.KeepAlive(layer);
    }

    internal static Tensor Product(Computation run, Tensor x, PackedMatrix panels, Tensor? bias, Activation activation)
    {
        var y = run.Lease(x.Rows, panels.Columns);
        Execute(run, new MatrixProduct(x, panels, bias, activation, y), x.Rows, panels);
        GC.KeepAlive(x);
        GC.KeepAlive(bias);
        return y;
    }

    private static void Execute(Computation run, MatrixProduct kernel, int rows, PackedMatrix panels) =>
        run.Execute(kernel, kernel.Items, (long)rows * panels.Depth * panels.Columns);
}
