namespace Semblance.Tensors;

/// <summary>Provides the selection of elements.</summary>
public static class GatherOperation
{
    /// <summary>
    /// Creates a tensor of elements of another: a selection, a diagonal, a transposed matrix or a repeated row, depending on the indices.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <param name="elements">
    /// For each element of the result, row after row, its index in <see cref="Tensor.Values"/> of <paramref name="x"/>. The array is not
    /// copied.
    /// </param>
    /// <param name="shape">The shape of the result.</param>
    /// <returns>A tensor of the shape <paramref name="shape"/>.</returns>
    /// <exception cref="ArgumentException">The number of indices is not the number of elements of the shape.</exception>
    /// <exception cref="IndexOutOfRangeException">An index is negative or not below the number of elements.</exception>
    public static Tensor Gather(this Computation run, Tensor x, int[] elements, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(elements);
        if (elements.Length != Tensor.ElementCount(shape))
        {
            throw new ArgumentException($"{elements.Length} indices do not fill {Tensor.ElementCount(shape)} elements.", nameof(elements));
        }

        var y = run.Lease(shape);
        var from = x.Values;
        var to = y.Writable;
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = from[elements[i]];
        }

        run.Trace?.Gather(y, x, elements);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, elements, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, int[] elements, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        var from = gradient.Values;
        var to = dx.Writable;
        to.Clear();
        for (var i = 0; i < from.Length; i++)
        {
            to[elements[i]] += from[i];
        }

        x.AddGradient(dx);
    }
}
