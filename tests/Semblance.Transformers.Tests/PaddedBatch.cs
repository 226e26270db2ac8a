using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

/// <summary>Represents a recorded batch, padded on the right as in the fixtures, and its packed form.</summary>
internal sealed class PaddedBatch
{
    public PaddedBatch(Checkpoint file, string prefix = "")
    {
        File = file;
        var shape = file.Info(prefix + "input_ids").Shape;
        (Count, Width) = (shape[0], shape[1]);
        var ids = file.ReadInt64(prefix + "input_ids");
        var mask = file.ReadInt64(prefix + "attention_mask");
        var types = file.Contains(prefix + "token_type_ids") ? file.ReadInt64(prefix + "token_type_ids") : new long[ids.Length];
        Kept = [.. Enumerable.Range(0, ids.Length).Where(i => mask[i] != 0)];
        int[] Row(long[] values, int row) => [.. Kept.Where(i => i / Width == row).Select(i => (int)values[i])];
        Packed = PackedBatch.From(
            [.. Enumerable.Range(0, Count).Select(row => Row(ids, row))],
            [.. Enumerable.Range(0, Count).Select(row => Row(types, row))]);
    }

    public Checkpoint File { get; }

    public int Count { get; }

    public int Width { get; }

    /// <summary>Gets the indices of the rows of the padded matrix that hold a token.</summary>
    public int[] Kept { get; }

    public PackedBatch Packed { get; }

    /// <summary>Returns a recorded output without the rows of padding.</summary>
    public float[] Expected(string name)
    {
        var tensor = File.Read(name);
        return File.Info(name).Shape.Count == 3
            ? [.. Kept.SelectMany(place => tensor.Row(place).ToArray())]
            : tensor.Values.ToArray();
    }
}
