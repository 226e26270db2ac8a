using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides the pooling of token rows into one row of vocabulary weights for each sequence.</summary>
public static class VocabularyPoolingOperation
{
    private const int RowsOfPart = 256; // whose logits the backward pass holds at once, or those of one sequence

    /// <summary>
    /// Computes the weights of SPLADE (Formal et al. 2021, arXiv:2107.05720): a linear layer to the vocabulary, the saturation ln(1 +
    /// max(x, 0)), and the maximum or the sum over the tokens of each sequence. The logits of part of the vocabulary are pooled as soon as
    /// they are computed, so those of a whole batch, <c>[tokens × vocabulary]</c>, are never stored.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="layer">The layer from hidden states to the vocabulary.</param>
    /// <param name="batch">The offsets of the sequences.</param>
    /// <param name="pooling">The pooling mode.</param>
    /// <param name="saturations">
    /// The number of times that ln(1 + x) is applied, 1 or more: once in SPLADE, twice in inference-free models (arXiv:2411.04403). 1 by
    /// default.
    /// </param>
    /// <returns><c>[sequences × vocabulary]</c>, no element below 0.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor PoolVocabulary(
        this Computation run, Tensor x, Linear layer, PackedBatch batch, VocabularyPooling pooling, int saturations = 1)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(saturations, 1);
        layer.ThrowIfWrapped(run, "Pooling over a vocabulary");
        if (x.Columns != layer.Inputs || x.Rows != batch.TokenCount)
        {
            throw new ArgumentException(
                $"A layer of {layer.Inputs} inputs cannot pool {x} of a batch of {batch.TokenCount} tokens.", nameof(x));
        }

        var panels = layer.Matrix.Packed(run.Instructions);
        var y = run.Lease(batch.Count, layer.Outputs);
        var kernel = new VocabularyPoolingKernel(x, panels, layer.Bias, batch, pooling, saturations, y);
        run.Execute(kernel, kernel.Items, (long)x.Rows * panels.Depth * panels.Columns);
        if (run.Recording && (x.RequiresGradient || layer.RequiresGradient))
        {
            run.Record(y, gradient => Backward(run, x, layer, batch, pooling, saturations, gradient), x, layer.Weight);
        }

        return y;
    }

    // The logits are computed a second time, a few sequences at once, and are replaced by their gradients.
    private static void Backward(
        Computation run, Tensor x, Linear layer, PackedBatch batch, VocabularyPooling pooling, int saturations, Tensor gradient)
    {
        var dx = x.RequiresGradient ? run.Lease(x.Shape) : null;
        for (int sequence = 0, end; sequence < batch.Count; sequence = end)
        {
            var first = batch.Offsets[sequence];
            for (end = sequence + 1; end < batch.Count && batch.Offsets[end + 1] - first <= RowsOfPart; end++)
            {
            }

            if (batch.Offsets[end] == first)
            {
                continue;
            }

            var part = run.Lease(batch.Offsets[end] - first, x.Columns);
            x.Values.Slice(first * x.Columns, part.Length).CopyTo(part.Writable);
            part.RequiresGradient = x.RequiresGradient;
            // [tokens × vocabulary]
            var logits = MatrixProductOperation.Product(run, part, layer.Matrix.Packed(run.Instructions), layer.Bias, Activation.Identity);
            for (var i = sequence; i < end; i++)
            {
                var tokens = logits.Writable.Slice((batch.Offsets[i] - first) * logits.Columns, batch.Length(i) * logits.Columns);
                Differentiate(tokens, gradient.Row(i), pooling, saturations);
            }

            MatrixProductOperation.Backward(run, part, layer.Matrix, layer.Bias, logits);
            if (dx is not null)
            {
                part.Gradient?.Values.CopyTo(dx.Writable[(first * x.Columns)..]);
                part.Gradient?.Release();
            }

            logits.Release();
            part.Release();
        }

        if (dx is not null)
        {
            x.AddGradient(dx);
        }
    }

    // Replaces the logits of a sequence by their gradients. The first of the largest logits gets the whole gradient of a vocabulary entry.
    private static void Differentiate(Span<float> logits, ReadOnlySpan<float> gradient, VocabularyPooling pooling, int saturations)
    {
        var words = gradient.Length;
        var largest = new int[words]; // the token with each entry's largest logit
        for (var i = 0; i < logits.Length; i++)
        {
            ref var place = ref largest[i % words];
            place = i < words || logits[i] > logits[place] ? i : place;
        }

        for (var i = 0; i < logits.Length; i++)
        {
            var counts = logits[i] > 0 && (pooling == VocabularyPooling.Sum || largest[i % words] == i);
            logits[i] = counts ? gradient[i % words] * Derivative(logits[i], saturations) : 0;
        }
    }

    // The derivative of ln(1 + x), applied as many times.
    private static float Derivative(float x, int saturations)
    {
        var derivative = 1f;
        for (var i = 0; i < saturations; i++)
        {
            derivative /= 1 + x;
            x = float.LogP1(x);
        }

        return derivative;
    }
}
