using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents a matrix of any type in a file that is mapped into memory: only the pages that are read are loaded, regardless of its size.
/// Immutable and thread-safe; there is nothing to dispose.
/// </summary>
/// <remarks>As with a <see cref="Checkpoint"/>, a file in use can be replaced by renaming, but must not be shortened.</remarks>
public sealed unsafe class MappedMatrix
{
    private readonly StoredTensor _stored;

    private MappedMatrix(string path, StoredTensor stored)
    {
        Path = path;
        _stored = stored;
    }

    /// <summary>Gets the path of the file that was opened.</summary>
    public string Path { get; }

    /// <summary>Gets the type of the stored elements.</summary>
    public DType DType => _stored.Info.DType;

    /// <summary>Gets the number of rows.</summary>
    public int Rows => _stored.Info.Shape[0];

    /// <summary>Gets the number of elements in a row.</summary>
    public int Columns => _stored.Info.Shape[1];

    /// <summary>Gets the number of bytes of a row.</summary>
    public int RowBytes => Columns * TensorInfo.SizeOf(DType);

    /// <summary>Opens a <c>.npy</c> file, or a matrix of a <c>.safetensors</c> file.</summary>
    /// <param name="path">The path of the file, whose extension gives the format.</param>
    /// <param name="name">
    /// The name of the matrix; <see langword="null"/> for the only one, or for <c>embeddings</c> if there are several.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, truncated or of another format, or has no such matrix.</exception>
    public static MappedMatrix Open(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var stored = System.IO.Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".NPY" => NpyFile.Open(path).Stored,
            ".SAFETENSORS" => Find(SafetensorsFile.Open(path), name),
            _ => throw new CheckpointFormatException(
                path, "the extension is not supported; supported for vectors are .npy, .safetensors and .jsonl."),
        };
        return stored.Info.Shape.Count != 2
            ? throw new CheckpointFormatException(
                path, $"the tensor {stored.Info} is not a matrix; expected two dimensions, one vector per row.")
            : stored.Info.Shape[1] is 0 or > NpyFile.LongestRow
            ? throw new CheckpointFormatException(
                path, $"the tensor {stored.Info} has no vectors; expected rows of 1 to {NpyFile.LongestRow:N0} elements.")
            : (nuint)stored.Data % (nuint)TensorInfo.SizeOf(stored.Info.DType) != 0
            ? throw new CheckpointFormatException(
                path,
                $"the tensor {stored.Info} does not begin at a multiple of the size of its elements; save it again with a current library.")
            : new MappedMatrix(path, stored);
    }

    /// <summary>
    /// Returns the bytes of rows; the first begins at a multiple of the size of an element. Keep this object alive while reading them.
    /// </summary>
    /// <param name="first">The index of the first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows are out of range, or have more than 2³¹−1 bytes.</exception>
    public ReadOnlySpan<byte> Bytes(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Rows - count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * RowBytes, int.MaxValue, nameof(count));
        return new ReadOnlySpan<byte>(_stored.Data + ((long)first * RowBytes), count * RowBytes);
    }

    /// <summary>Reads the matrix as float32: mapped if it is stored as float32, otherwise converted.</summary>
    /// <exception cref="CheckpointFormatException">The matrix has more than 2³¹−1 elements.</exception>
    public Tensor Read() => _stored.ReadSingle();

    private static StoredTensor Find(SafetensorsFile file, string? name)
    {
        name ??= file.Tensors.Count == 1 ? file.Tensors.First().Name : "embeddings";
        file.Info(name); // the error lists the names in the file
        return file.Stored[name];
    }
}
