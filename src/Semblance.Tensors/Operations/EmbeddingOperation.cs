using System.Numerics.Tensors;

namespace Semblance.Tensors;

/// <summary>The first step of a transformer: token ids to rows.</summary>
public static class EmbeddingOperation
{
    /// <summary>The sum of the word, position and type rows of each token.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="batch">The tokens; a token's position is its place in its sequence, tokens in a cache counted, unless <paramref name="positionIds"/> says otherwise.</param>
    /// <param name="words"><c>[vocabulary × hidden]</c>.</param>
    /// <param name="positions"><c>[longest sequence × hidden]</c>, or null.</param>
    /// <param name="types"><c>[types × hidden]</c>, or null.</param>
    /// <param name="positionIds">The position of each token, where it is another than its place; kept.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">A token id, type or position lies outside its table.</exception>
    public static Tensor Embed(this Computation run, PackedBatch batch, Tensor words, Tensor? positions = null, Tensor? types = null, int[]? positionIds = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(words);
        var output = run.Lease(batch.TokenCount, words.Columns);
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var start = batch.Offsets[sequence];
            for (var token = start; token < batch.Offsets[sequence + 1]; token++)
            {
                var row = output.Writable.Slice(token * words.Columns, words.Columns);
                RowOf(words, batch.TokenIds[token], "token id").CopyTo(row);
                if (types is not null)
                {
                    TensorPrimitives.Add(row, RowOf(types, batch.TypeIds[token], "type id"), row);
                }

                if (positions is not null)
                {
                    TensorPrimitives.Add(row, RowOf(positions, positionIds?[token] ?? batch.Start(sequence) + token - start, "position"), row);
                }
            }
        }

        if (run.Recording && (words.RequiresGradient || positions is { RequiresGradient: true } || types is { RequiresGradient: true }))
        {
            run.Record(output, gradient => Backward(batch, words, positions, types, positionIds, gradient));
        }

        return output;
    }

    // Only the rows that were looked up change; each adds up in the order of the tokens.
    private static void Backward(PackedBatch batch, Tensor words, Tensor? positions, Tensor? types, int[]? positionIds, Tensor gradient)
    {
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var start = batch.Offsets[sequence];
            for (var token = start; token < batch.Offsets[sequence + 1]; token++)
            {
                AddToRow(words, batch.TokenIds[token], gradient.Row(token));
                AddToRow(types, batch.TypeIds[token], gradient.Row(token));
                AddToRow(positions, positionIds?[token] ?? token - start, gradient.Row(token));
            }
        }
    }

    private static void AddToRow(Tensor? table, int index, ReadOnlySpan<float> gradient)
    {
        if (table is { RequiresGradient: true })
        {
            table.AddToGradientRow(index, gradient);
        }
    }

    private static ReadOnlySpan<float> RowOf(Tensor table, int index, string what) => (uint)index < (uint)table.Rows
        ? table.Row(index)
        : throw new ArgumentException($"The {what} {index} is outside the model's table of {table.Rows} rows.");
}
