using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// A matrix of any type in a file, mapped into memory and read where it lies: only the pages that are looked at are
/// loaded, whatever its size. Immutable, safe for all threads, and nothing to dispose.
/// </summary>
/// <remarks>As with a <see cref="Checkpoint"/>, a file in use may be replaced by renaming, but must not be shortened.</remarks>
public sealed unsafe class MappedMatrix
{
    private readonly StoredTensor _stored;

    private MappedMatrix(string path, StoredTensor stored)
    {
        Path = path;
        _stored = stored;
    }

    /// <summary>The file that was opened.</summary>
    public string Path { get; }

    /// <summary>The type of the stored elements.</summary>
    public DType DType => _stored.Info.DType;

    /// <summary>The number of rows.</summary>
    public int Rows => _stored.Info.Shape[0];

    /// <summary>The number of elements in a row.</summary>
    public int Columns => _stored.Info.Shape[1];

    /// <summary>The number of bytes of a row.</summary>
    public int RowBytes => Columns * TensorInfo.SizeOf(DType);

    /// <summary>Opens a <c>.npy</c> file, or a matrix of a <c>.safetensors</c> file.</summary>
    /// <param name="path">The file; its ending says what it is.</param>
    /// <param name="name">The name of the matrix among several; null for the only one, or for <c>embeddings</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, cut short or of another format, or has no such matrix.</exception>
    public static MappedMatrix Open(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stored = System.IO.Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".NPY" => NpyFile.Open(path).Stored,
            ".SAFETENSORS" => Find(SafetensorsFile.Open(path), name),
            _ => throw new CheckpointFormatException(path, "vectors are read from .npy, .safetensors and .jsonl files; the name must end so."),
        };
        return stored.Info.Shape.Count != 2
            ? throw new CheckpointFormatException(path, $"the tensor {stored.Info} is not a matrix; two dimensions are expected, a vector a row.")
            : stored.Info.Shape[1] is 0 or > NpyFile.LongestRow
            ? throw new CheckpointFormatException(path, $"the tensor {stored.Info} has no vectors; expected rows of 1 to {NpyFile.LongestRow:N0} elements.")
            : (nuint)stored.Data % (nuint)TensorInfo.SizeOf(stored.Info.DType) != 0
            ? throw new CheckpointFormatException(path, $"the tensor {stored.Info} does not begin at a multiple of its elements' size; save it again with a current library.")
            : new MappedMatrix(path, stored);
    }

    /// <summary>The bytes of some rows. The first begins at a multiple of an element's size. Keep this object alive while reading them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows, or they have more than 2³¹−1 bytes.</exception>
    public ReadOnlySpan<byte> Bytes(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Rows - count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * RowBytes, int.MaxValue, nameof(count));
        return new ReadOnlySpan<byte>(_stored.Data + ((long)first * RowBytes), count * RowBytes);
    }

    /// <summary>Reads the matrix as float32: mapped if it is stored so, otherwise converted.</summary>
    /// <exception cref="CheckpointFormatException">It has more than 2³¹−1 elements.</exception>
    public Tensor Read() => _stored.ReadSingle();

    private static StoredTensor Find(SafetensorsFile file, string? name)
    {
        name ??= file.Tensors.Count == 1 ? file.Tensors.First().Name : "embeddings";
        file.Info(name); // names what is there instead
        return file.Stored[name];
    }
}
