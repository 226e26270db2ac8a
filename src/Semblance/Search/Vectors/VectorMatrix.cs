using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents vectors to search, in any precision, in memory or memory-mapped from a file. Immutable and thread-safe; there is
/// nothing to dispose. int8 and uint8 vectors have <see cref="QuantizationRanges"/>, so that scores have the scale of the model.
/// </summary>
public sealed unsafe class VectorMatrix
{
    private const int RowsOfTask = 256;

    private readonly object _owner; // keeps the memory alive
    private readonly byte* _data;
    private readonly Lazy<float[]> _norms;
    private readonly Lazy<float[]> _byteNorms;

    private VectorMatrix(object owner, byte* data, int rows, int dimension, Quantizer? quantizer, string? path)
    {
        _owner = owner;
        _data = data;
        Rows = rows;
        Dimension = dimension;
        Quantizer = quantizer;
        Path = path;
        _norms = new Lazy<float[]>(() => PerRow((row, vector) =>
        {
            Restore(row, vector);
            return TensorPrimitives.Norm<float>(vector);
        }));
        _byteNorms = new Lazy<float[]>(() => PerRow((row, _) =>
            (float)(Math.Sqrt(ByteProducts.Squares(Stored(row, 1), StoredElements.FlipOf(Precision))) * (1 + 1e-6))));
    }

    /// <summary>Gets the precision of the stored elements.</summary>
    public Precision Precision => Quantizer?.Precision ?? Precision.Float32;

    /// <summary>Gets the number of vectors.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of elements of a vector, before quantization.</summary>
    public int Dimension { get; }

    /// <summary>Gets the quantizer that stored the vectors and restores them; <see langword="null"/> for float32.</summary>
    public Quantizer? Quantizer { get; }

    /// <summary>Gets the path of the opened file; <see langword="null"/> for vectors in memory.</summary>
    public string? Path { get; }

    /// <summary>Gets the number of bytes of a stored vector.</summary>
    public int RowBytes => Quantizer?.ByteCount ?? Dimension * sizeof(float);

    /// <summary>Gets the number of bytes of all stored vectors.</summary>
    public long ByteCount => (long)Rows * RowBytes;

    /// <summary>Gets the length of each restored vector, padded with zeros to whole SIMD registers; computed at first use.</summary>
    internal float[] Norms => _norms.Value;

    /// <summary>
    /// Gets an upper bound of the length of each int8 or uint8 vector of bytes from −128 to 127, padded as <see cref="Norms"/> is.
    /// </summary>
    internal float[] ByteNorms => _byteNorms.Value;

    /// <summary>Returns float32 vectors in memory, without copying them.</summary>
    /// <param name="vectors">The vectors <c>[vectors × dimension]</c>.</param>
    public static VectorMatrix Of(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        return Of(vectors, null);
    }

    /// <summary>Quantizes vectors, on all threads.</summary>
    /// <param name="vectors">The vectors <c>[vectors × dimension]</c>.</param>
    /// <param name="quantizer">The quantizer, with the precision and its ranges.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">
    /// The quantizer is for another dimension, the result takes more than 2³¹ bytes, or an element is not finite.
    /// </exception>
    public static VectorMatrix Quantize(Tensor vectors, Quantizer quantizer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(quantizer);
        if (vectors.Columns != quantizer.Dimension || (long)vectors.Rows * quantizer.ByteCount > Array.MaxLength)
        {
            throw new ArgumentException(
                $"A quantizer of {quantizer.Dimension} elements does not store {vectors.Rows} vectors of {vectors.Columns}; both must " +
                $"have as many, and at most {Array.MaxLength} bytes are kept in memory.",
                nameof(vectors));
        }

        var bytes = GC.AllocateUninitializedArray<byte>(vectors.Rows * quantizer.ByteCount, pinned: true);
        Workers.Shared.For((vectors.Rows + RowsOfTask - 1) / RowsOfTask, int.MaxValue, task =>
        {
            for (var row = task * RowsOfTask; row < Math.Min(vectors.Rows, (task + 1) * RowsOfTask); row++)
            {
                quantizer.Quantize(vectors.Row(row), bytes.AsSpan(row * quantizer.ByteCount, quantizer.ByteCount), row);
            }
        }, cancellationToken);
        return new VectorMatrix(
            bytes, (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0), vectors.Rows, vectors.Columns, quantizer, null);
    }

    /// <summary>Opens vectors in a file, which is memory-mapped: only the data that a search reads is loaded.</summary>
    /// <remarks>
    /// Files of bytes with a ranges file next to them (<see cref="QuantizationRanges.PathBeside"/>, which <see cref="Save"/> writes) are
    /// int8 or uint8. Without ranges, the meaning of a byte is unknown, so bytes are only read as binary or ubinary, and only if requested.
    /// Another type than the stored precisions (float64) and JSON Lines are converted to float32 in memory.
    /// </remarks>
    /// <param name="path">
    /// The path of a <c>.npy</c> or <c>.safetensors</c> file of float32, float64, float16, bfloat16, int8 or uint8, or JSON Lines
    /// (<c>.jsonl</c>) with an array <c>embedding</c> or <c>vector</c> in each row.
    /// </param>
    /// <param name="precision">The precision of the file; <see langword="null"/> to determine it from its type and ranges.</param>
    /// <param name="dimension">
    /// The number of elements of a vector, for packed bits if it is not a multiple of 8; <see langword="null"/> for the number of bits.
    /// </param>
    /// <param name="name">
    /// The name of the matrix in a safetensors file with several; <see langword="null"/> for the only one, or for <c>embeddings</c>.
    /// </param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged or truncated, or has other contents.</exception>
    /// <exception cref="TextFormatException">A row of JSON Lines has no vector, or one with another dimension than the first.</exception>
    public static VectorMatrix Open(string path, Precision? precision = null, int? dimension = null, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (TextLines.FormatOf(path) == TextFormat.JsonLines)
        {
            return InMemory(JsonVectors.Read(path), path, precision, dimension);
        }

        var matrix = MappedMatrix.Open(path, name);
        if (matrix.DType == DType.F64 && matrix.Columns > 0)
        {
            return InMemory(matrix.Read(), path, precision, dimension);
        }

        if (matrix.Columns == 0)
        {
            throw new CheckpointFormatException(path, $"the matrix has {matrix.Rows} vectors of 0 elements; there is nothing to compare.");
        }

        var found = precision ?? VectorFile.PrecisionOf(matrix);
        var type = VectorFile.TypeOf(found);
        var elements = found is Precision.Binary or Precision.UBinary ? dimension ?? checked(8 * matrix.Columns) : matrix.Columns;
        if (type != matrix.DType || Quantizer.ColumnsOf(found, elements) != matrix.Columns || (dimension ?? elements) != elements)
        {
            throw new CheckpointFormatException(
                path,
                $"the matrix is {matrix.DType}[{matrix.Rows}, {matrix.Columns}], which cannot be {found} vectors of " +
                $"{dimension ?? elements} elements.");
        }

        var quantizer = found == Precision.Float32
            ? null
            : new Quantizer(found, elements, Quantizer.NeedsRanges(found) ? VectorFile.RangesBeside(matrix) : null);
        fixed (byte* data = matrix.Bytes(0, Math.Min(1, matrix.Rows)))
        {
            return new VectorMatrix(matrix, data, matrix.Rows, elements, quantizer, path); // a memory map does not move
        }
    }

    /// <summary>Returns all vectors, restored to float32.</summary>
    /// <returns>The vectors <c>[vectors × dimension]</c>; float32 is not copied.</returns>
    /// <exception cref="CheckpointFormatException">A vector has a value that is not finite, or there are too many vectors.</exception>
    public Tensor ToTensor()
    {
        if ((long)Rows * Dimension > Array.MaxLength)
        {
            throw new CheckpointFormatException(
                Path ?? "vectors", $"{Rows} vectors of {Dimension} elements are more than one matrix in memory can be; divide the file.");
        }

        var tensor = Quantizer is null && Rows > 0 ? Tensor.Map((float*)_data, this, Rows, Dimension) : Tensor.Zeros(Rows, Dimension);
        for (var row = 0; row < Rows; row++)
        {
            if (Quantizer is not null)
            {
                Restore(row, tensor.Writable.Slice(row * Dimension, Dimension));
            }

            Check(row, tensor.Row(row));
        }

        return tensor;
    }

    /// <summary>Writes the stored vectors and, for int8 and uint8, the ranges file next to them.</summary>
    /// <param name="path">
    /// The path of the file, ending with <c>.npy</c> or <c>.safetensors</c>; the file appears when it is complete.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The path has another extension, or the vectors are bfloat16, which <c>.npy</c> does not have.
    /// </exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        VectorFile.Save(this, path);
    }

    /// <summary>Returns the bytes of a vector. Keep a reference to this object while reading them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is out of range.</exception>
    public ReadOnlySpan<byte> Stored(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return Stored(row, 1);
    }

    /// <summary>Returns the bytes of consecutive vectors, at most 2³¹−1. Keep a reference to this object while reading them.</summary>
    internal ReadOnlySpan<byte> Stored(int first, int count) => new(_data + ((long)first * RowBytes), checked(count * RowBytes));

    /// <summary>Restores a vector to float32.</summary>
    /// <param name="row">The row of the vector.</param>
    /// <param name="vector">The buffer that receives <see cref="Dimension"/> elements.</param>
    /// <exception cref="ArgumentException">The row is out of range, or the buffer has another length.</exception>
    public void Restore(int row, Span<float> vector)
    {
        if (Quantizer is not null)
        {
            Quantizer.Restore(Stored(row), vector);
        }
        else if (vector.Length == Dimension)
        {
            MemoryMarshal.Cast<byte, float>(Stored(row)).CopyTo(vector);
        }
        else
        {
            throw new ArgumentException($"The buffer has {vector.Length} elements, but a vector has {Dimension}.", nameof(vector));
        }

        GC.KeepAlive(this);
    }

    /// <summary>Returns a description such as <c>vectors.npy, Int8[1000, 384]</c>.</summary>
    public override string ToString() => $"{(Path is null ? "" : Path + ", ")}{Precision}[{Rows}, {Dimension}]";

    /// <summary>
    /// Returns consecutive vectors as float32: without copying if possible, otherwise restored into memory of the computation.
    /// </summary>
    internal Tensor Read(Computation run, int first, int count)
    {
        if (Quantizer is null)
        {
            return Tensor.Map((float*)(_data + ((long)first * RowBytes)), this, count, Dimension);
        }

        var vectors = run.Lease(count, Dimension);
        for (var i = 0; i < count; i++)
        {
            Restore(first + i, vectors.Writable.Slice(i * Dimension, Dimension));
        }

        return vectors;
    }

    /// <summary>Returns the given rows as float32.</summary>
    internal Tensor Read(Computation run, ReadOnlySpan<int> rows)
    {
        var vectors = run.Lease(rows.Length, Dimension);
        for (var i = 0; i < rows.Length; i++)
        {
            Restore(rows[i], vectors.Writable.Slice(i * Dimension, Dimension));
        }

        return vectors;
    }

    private static VectorMatrix Of(Tensor vectors, string? path)
    {
        fixed (float* data = vectors.Values)
        {
            // The memory of a tensor does not move.
            return new VectorMatrix(vectors, (byte*)data, vectors.Rows, vectors.Columns, null, path);
        }
    }

    private static VectorMatrix InMemory(Tensor vectors, string path, Precision? precision, int? dimension) =>
        precision is null or Precision.Float32 && (dimension ?? vectors.Columns) == vectors.Columns
            ? Of(vectors, path)
            : throw new CheckpointFormatException(
                path,
                $"the vectors are Float32[{vectors.Rows}, {vectors.Columns}], which cannot be {precision} vectors of " +
                $"{dimension ?? vectors.Columns} elements.");

    /// <summary>Restores a vector and checks that its values are finite.</summary>
    internal float[] Finite(int row, float[] vector)
    {
        Check(row, vector);
        return vector;
    }

    private void Check(int row, ReadOnlySpan<float> vector)
    {
        if (!TensorPrimitives.IsFiniteAll(vector))
        {
            var element = 0;
            while (float.IsFinite(vector[element]))
            {
                element++;
            }

            throw new CheckpointFormatException(
                Path ?? "vectors",
                $"element {element} of vector {row + 1} is {vector[element]}; a finite float32 is expected. Remove the vector, or " +
                "find the cause of the value.");
        }
    }

    private float[] PerRow(Func<int, float[], float> compute)
    {
        var values = new float[Rows + Vector512<float>.Count];
        Workers.Shared.For((Rows + RowsOfTask - 1) / RowsOfTask, int.MaxValue, task =>
        {
            var vector = new float[Dimension];
            for (var row = task * RowsOfTask; row < Math.Min(Rows, (task + 1) * RowsOfTask); row++)
            {
                values[row] = compute(row, vector);
            }
        });
        return values;
    }
}
