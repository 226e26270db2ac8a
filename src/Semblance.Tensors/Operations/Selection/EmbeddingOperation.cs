using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides the lookup of embeddings, the first step of a transformer.</summary>
public static class EmbeddingOperation
{
    /// <summary>Looks up rows in an embedding table. The backward pass touches the gradients of these rows only.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="rows">The indices of the rows, from 0. The array is not copied.</param>
    /// <param name="table">The table.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="ArgumentException">A row is outside the table.</exception>
    public static Tensor Embed(this Computation run, int[] rows, EmbeddingTable table)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(table);
        return Lookup(run, rows, table, "row");
    }

    /// <summary>Computes the sum of the word, position and type embeddings of each token.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="batch">
    /// The tokens; the position of a token is its index in its sequence, cached tokens included, unless <paramref name="positionIds"/> is
    /// given.
    /// </param>
    /// <param name="words"><c>[vocabulary × hidden]</c>.</param>
    /// <param name="positions"><c>[longest sequence × hidden]</c>, or <see langword="null"/>.</param>
    /// <param name="types"><c>[types × hidden]</c>, or <see langword="null"/>.</param>
    /// <param name="positionIds">The position of each token, if it is not its index. The array is not copied.</param>
    /// <returns><c>[tokens × hidden]</c>.</returns>
    /// <exception cref="ArgumentException">A token id, type or position is outside its table.</exception>
    public static Tensor Embed(
        this Computation run,
        PackedBatch batch,
        EmbeddingTable words,
        EmbeddingTable? positions = null,
        EmbeddingTable? types = null,
        int[]? positionIds = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(words);
        if (words.WrapperIn(run) is null && positions?.WrapperIn(run) is null && types?.WrapperIn(run) is null)
        {
            return run.Embed(batch, words.Weight, positions?.Weight, types?.Weight, positionIds);
        }

        // In the order of the fused sum.
        var sum = Lookup(run, batch.TokenIds.ToArray(), words, "token id");
        Add(types, batch.TypeIds.ToArray(), "type id");
        Add(positions, positionIds ?? Positions(batch), "position");
        return sum;

        void Add(EmbeddingTable? table, int[] rows, string what)
        {
            if (table is not null)
            {
                using var before = sum;
                using var embedded = Lookup(run, rows, table, what);
                sum = run.Add(before, embedded);
            }
        }
    }

    /// <inheritdoc cref="Embed(Computation, PackedBatch, EmbeddingTable, EmbeddingTable?, EmbeddingTable?, int[])"/>
    public static Tensor Embed(
        this Computation run, PackedBatch batch, Tensor words, Tensor? positions = null, Tensor? types = null, int[]? positionIds = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(words);
        var output = run.Lease(batch.TokenCount, words.Columns);
        if (run.Trace is { } trace)
        {
            trace.Embed(output, batch, words, positions, types, positionIds);
            return output;
        }

        using var other = run.Lease(words.Columns); // a row of another table
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var start = batch.Offsets[sequence];
            for (var token = start; token < batch.Offsets[sequence + 1]; token++)
            {
                var row = output.Writable.Slice(token * words.Columns, words.Columns);
                CopyRow(words, batch.TokenIds[token], "token id", row);
                if (types is not null)
                {
                    CopyRow(types, batch.TypeIds[token], "type id", other.Writable);
                    TensorPrimitives.Add(row, other.Values, row);
                }

                if (positions is not null)
                {
                    CopyRow(positions, positionIds?[token] ?? batch.Start(sequence) + token - start, "position", other.Writable);
                    TensorPrimitives.Add(row, other.Values, row);
                }
            }
        }

        if (run.Recording && (words.RequiresGradient || positions is { RequiresGradient: true } || types is { RequiresGradient: true }))
        {
            run.Record(output, gradient => Backward(batch, words, positions, types, positionIds, gradient));
        }

        return output;
    }

    private static Tensor Lookup(Computation run, int[] rows, EmbeddingTable table, string what) =>
        table.WrapperIn(run) is { } wrapper
            ? wrapper.Embed(run, rows, inner => Lookup(run, inner, table.Weight, what))
            : Lookup(run, rows, table.Weight, what);

    private static Tensor Lookup(Computation run, int[] rows, Tensor table, string what)
    {
        var output = run.Lease(rows.Length, table.Columns);
        if (run.Trace is { } trace)
        {
            trace.Lookup(output, table, rows);
            return output;
        }

        for (var i = 0; i < rows.Length; i++)
        {
            CopyRow(table, rows[i], what, output.Writable.Slice(i * table.Columns, table.Columns));
        }

        if (run.Recording && table.RequiresGradient)
        {
            run.Record(output, gradient =>
            {
                for (var i = 0; i < rows.Length; i++)
                {
                    table.AddToGradientRow(rows[i], gradient.Row(i));
                }
            });
        }

        return output;
    }

    private static int[] Positions(PackedBatch batch)
    {
        var positions = new int[batch.TokenCount];
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            for (int start = batch.Offsets[sequence], token = start; token < batch.Offsets[sequence + 1]; token++)
            {
                positions[token] = batch.Start(sequence) + token - start;
            }
        }

        return positions;
    }

    // Only the rows that were looked up change; each is summed in the order of the tokens.
    private static void Backward(PackedBatch batch, Tensor words, Tensor? positions, Tensor? types, int[]? positionIds, Tensor gradient)
    {
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var start = batch.Offsets[sequence];
            for (var token = start; token < batch.Offsets[sequence + 1]; token++)
            {
                AddToRow(words, batch.TokenIds[token], gradient.Row(token));
                AddToRow(types, batch.TypeIds[token], gradient.Row(token));
                AddToRow(positions, positionIds?[token] ?? batch.Start(sequence) + token - start, gradient.Row(token));
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

    // A table of another type is not converted as a whole.
    private static void CopyRow(Tensor table, int index, string what, Span<float> row)
    {
        if ((uint)index >= (uint)table.Rows)
        {
            throw new ArgumentException($"The {what} {index} is outside the model's table of {table.Rows} rows.");
        }

        table.CopyTo(index * table.Columns, row);
    }
}
