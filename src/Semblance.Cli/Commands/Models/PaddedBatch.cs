using Semblance.Checkpoints;
using Semblance.Cli.Input;
using Semblance.Tensors;

namespace Semblance.Cli.Commands;

/// <summary>Represents a batch of token ids, padded to one width as in other libraries, and packed without padding.</summary>
internal sealed class PaddedBatch
{
    private readonly int _count;
    private readonly int _width;
    private readonly int[] _kept; // the positions that hold a token

    private PaddedBatch(string name, int count, int width, int[] kept, PackedBatch packed)
    {
        Name = name;
        (_count, _width, _kept) = (count, width, kept);
        Packed = packed;
    }

    /// <summary>Gets the path of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>Gets the tokens without padding, one sequence after another.</summary>
    public PackedBatch Packed { get; }

    /// <summary>Reads <c>input_ids</c> and, if present, <c>attention_mask</c> and <c>token_type_ids</c>.</summary>
    /// <exception cref="InputException">The tensors do not fit together.</exception>
    public static PaddedBatch Read(string path) => Read(SafetensorsFile.Open(path), path, "");

    /// <summary>
    /// Reads <c>decoder_input_ids</c> and, if present, <c>decoder_attention_mask</c>; returns <see langword="null"/> if the file has none.
    /// </summary>
    /// <exception cref="InputException">The tensors do not fit together.</exception>
    public static PaddedBatch? ReadDecoder(string path)
    {
        var file = SafetensorsFile.Open(path);
        return file.Contains("decoder_input_ids") ? Read(file, path, "decoder_") : null;
    }

    private static PaddedBatch Read(SafetensorsFile file, string path, string prefix)
    {
        var ids = prefix + "input_ids";
        var shape = file.Info(ids).Shape;
        if (shape is not [var count, > 0 and var width])
        {
            throw new InputException(path, $"'{ids}' is {file.Info(ids)}; [sequences, width] is needed, with a width of at least 1.");
        }

        var tokens = file.ReadInt64(ids);
        var mask = Values(prefix + "attention_mask");
        var types = Values(prefix + "token_type_ids");
        var kept = Enumerable.Range(0, tokens.Length).Where(place => mask is null || mask[place] != 0).ToArray();
        var (tokenIds, typeIds, offsets) = (new int[kept.Length], new int[kept.Length], new int[count + 1]);
        for (var i = 0; i < kept.Length; i++)
        {
            tokenIds[i] = Number(ids, tokens[kept[i]]);
            typeIds[i] = types is null ? 0 : Number(prefix + "token_type_ids", types[kept[i]]);
            offsets[(kept[i] / width) + 1]++;
        }

        for (var i = 0; i < count; i++)
        {
            offsets[i + 1] += offsets[i + 1] > 0
                ? offsets[i]
                : throw new InputException(path, $"sequence {i} has no tokens: its {prefix}attention_mask is all zero.");
        }

        return new PaddedBatch(path, count, width, kept, new PackedBatch(tokenIds, typeIds, offsets));

        long[]? Values(string name)
        {
            if (!file.Contains(name))
            {
                return null;
            }

            return file.Info(name).Shape.SequenceEqual(shape)
                ? file.ReadInt64(name)
                : throw new InputException(
                    path, $"'{name}' is {file.Info(name)}, but '{ids}' is {file.Info(ids)}; they must have the same shape.");
        }

        int Number(string name, long value) => value is >= 0 and <= int.MaxValue
            ? (int)value
            : throw new InputException(path, $"'{name}' has {value}; ids must be from 0 to {int.MaxValue}.");
    }

    /// <summary>Returns an output with one row per token, padded with zeros.</summary>
    /// <param name="tokens">The rows, <c>[tokens × columns]</c>.</param>
    /// <param name="single">
    /// <see langword="true"/> to drop the one column of <paramref name="tokens"/>; otherwise, <see langword="false"/>.
    /// </param>
    /// <returns>The padded output, <c>[sequences × width × columns]</c> or <c>[sequences × width]</c>.</returns>
    public Tensor Pad(Tensor tokens, bool single = false)
    {
        var padded = single ? Tensor.Zeros(_count, _width) : Tensor.Zeros(_count, _width, tokens.Columns);
        for (var i = 0; i < _kept.Length; i++)
        {
            tokens.Row(i).CopyTo(padded.Writable.Slice(_kept[i] * tokens.Columns, tokens.Columns));
        }

        return padded;
    }
}
