namespace Semblance.Tensors;

/// <summary>Provides linear layers: y = f(x Wᵀ + b), or f(x W + b) if the weight is stored transposed.</summary>
public static class LinearOperation
{
    /// <summary>Computes a linear layer and the activation that follows it, in one pass over the result.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × inputs]</c>.</param>
    /// <param name="layer">The parameters.</param>
    /// <param name="activation">The activation. <see cref="Activation.Identity"/> by default.</param>
    /// <returns><c>[rows × outputs]</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> is not as wide as the layer's inputs.</exception>
    public static Tensor Linear(this Computation run, Tensor x, Linear layer, Activation activation = Activation.Identity)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.WrapperIn(run) is { } wrapper)
        {
            var y = wrapper.Forward(run, x, input => Alone(run, input, layer, Activation.Identity));
            return activation == Activation.Identity ? y : run.Activate(y, activation);
        }

        return Alone(run, x, layer, activation);
    }

    /// <summary>Computes y + x Wᵀ, as low-rank adaptation changes the result of a layer. The bias, if there is one, is added too.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="y"><c>[rows × outputs]</c>; it must not be used afterward, as its memory may become that of the result.</param>
    /// <param name="x"><c>[rows × inputs]</c>.</param>
    /// <param name="layer">The parameters. The product is computed in float32.</param>
    /// <returns><c>[rows × outputs]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    /// <exception cref="NotSupportedException">The layer is wrapped.</exception>
    public static Tensor AddLinear(this Computation run, Tensor y, Tensor x, Linear layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        layer.ThrowIfWrapped(run, "A sum with a linear layer");
        if (x.Columns != layer.Inputs || y.Columns != layer.Outputs || x.Rows != y.Rows)
        {
            throw new ArgumentException(
                $"A linear layer of {layer.Inputs} inputs and {layer.Outputs} outputs cannot be applied to {x} and added to {y}.",
                nameof(x));
        }

        if (run.Trace is { } trace)
        {
            var traced = run.Lease(y.Shape);
            trace.AddLinear(traced, y, x, layer);
            return traced;
        }

        var sum = run.Take(y);
        MatrixProductOperation.Add(run, x, layer.Matrix.Packed(run.Instructions), layer.Bias, sum);
        if (run.Recording && (y.RequiresGradient || x.RequiresGradient || layer.RequiresGradient))
        {
            run.Record(
                sum,
                gradient =>
                {
                    MatrixProductOperation.Backward(run, x, layer.Matrix, layer.Bias, gradient);
                    if (y.RequiresGradient)
                    {
                        y.AddGradient(gradient);
                    }
                },
                layer.Weight.RequiresGradient ? x : null, layer.Weight);
        }

        return sum;
    }

    private static Tensor Alone(Computation run, Tensor x, Linear layer, Activation activation)
    {
        if (x.Columns != layer.Inputs)
        {
            throw new ArgumentException($"A linear layer of {layer.Inputs} inputs cannot be applied to {x}.", nameof(x));
        }

        if (run.Trace is { } trace)
        {
            var y = run.Lease(x.Rows, layer.Outputs);
            trace.Linear(y, x, layer, activation);
            return y;
        }

        if (!run.Recording || !(x.RequiresGradient || layer.RequiresGradient))
        {
            var type = layer.FollowsComputeType ? run.Compute : ComputeType.Float32;
            return MatrixProductOperation.Product(run, x, layer.Matrix.Packed(run.Instructions, type), layer.Bias, activation);
        }

        // The backward pass needs the input of the activation.
        var sums = run.MatrixProduct(x, layer.Matrix, layer.Bias);
        return activation == Activation.Identity ? sums : run.Activate(sums, activation);
    }
}
