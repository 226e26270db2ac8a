namespace Semblance.Tensors;

/// <summary>Memory saved at the price of time (Chen et al. 2016, arXiv:1604.06174: gradient checkpointing).</summary>
public static class RecomputeOperation
{
    /// <summary>
    /// A layer of which only the input and the result are kept: where the computation <see cref="Computation.Recomputes"/>, all between is computed
    /// a second time on the way back. Result and gradients have the same bits either way, dropout included.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">The layer's input.</param>
    /// <param name="layer">The layer: operations of <paramref name="run"/> on its argument; it must do the same each time.</param>
    /// <returns>What the layer makes of <paramref name="x"/>.</returns>
    public static Tensor Recompute(this Computation run, Tensor x, Func<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        if (!run.Recomputes || !run.Remembering)
        {
            return layer(x);
        }

        var dropouts = run.Dropouts;
        var y = run.Forget(() => layer(x));
        if (y.RequiresGradient && y != x)
        {
            run.Record(y, gradient => run.GoBack(() => layer(x), dropouts, gradient), x);
        }

        return y;
    }
}
