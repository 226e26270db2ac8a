using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>
/// Represents a dense float32 array in row-major order. The last dimension is contiguous; <see cref="Rows"/> and <see cref="Columns"/> view
/// any rank as a matrix of <c>[all other dimensions × last dimension]</c>.
/// </summary>
/// <remarks>
/// The memory belongs to the garbage collector (<see cref="Zeros"/>, <see cref="From(ReadOnlySpan{float}, ReadOnlySpan{int})"/>), to a
/// mapped file (<see cref="Map"/>; <see cref="Widen"/> for elements of another type) or is leased from the computation that made the
/// tensor; only in the last case does <see cref="Dispose"/> have an effect: it returns the lease early.
/// </remarks>
public sealed unsafe partial class Tensor : IDisposable
{
    /// <summary>The alignment in bytes of every tensor that is allocated here: one cache line, one 512-bit vector.</summary>
    public const int Alignment = 64;

    private const int BlockLength = 4096;
    private const int BlocksOfTask = 64;

    private readonly int[] _shape;
    private readonly object _owner; // keeps the memory alive
    private readonly WidenedValues? _widened; // the owner of elements of another type
    private readonly bool _readOnly;
    private float* _data; // null if the elements are of another type, or the lease has been returned
    private Arena.Lease? _lease;

    private Tensor(float* data, object owner, ReadOnlySpan<int> shape, bool readOnly)
    {
        _shape = shape.ToArray();
        Length = ElementCount(shape);
        Columns = shape.Length == 0 ? 1 : shape[^1];
        Rows = Columns == 0 ? 0 : Length / Columns;
        _data = data;
        _owner = owner;
        _widened = owner as WidenedValues;
        _readOnly = readOnly;
    }

    internal Tensor(Arena.Lease lease, ReadOnlySpan<int> shape, bool recorded)
        : this(lease.Data, lease, shape, readOnly: false)
    {
        (_lease, IsLeased, Recorded) = (lease, true, recorded);
    }

    /// <summary>Gets the size of each dimension, outermost first.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Gets the product of all dimensions but the last.</summary>
    public int Rows { get; }

    /// <summary>Gets the size of the last dimension.</summary>
    public int Columns { get; }

    /// <summary>Gets the number of elements.</summary>
    public int Length { get; }

    /// <summary>
    /// Gets all elements, row after row. Their memory does not move. Keep the tensor of a mapped file alive while they are read.
    /// </summary>
    public ReadOnlySpan<float> Values => new(Data, Length);

    /// <summary>Gets all elements for writing.</summary>
    /// <exception cref="InvalidOperationException">The tensor is mapped from a file.</exception>
    public Span<float> Writable
    {
        get
        {
            if (_readOnly)
            {
                throw new InvalidOperationException($"A tensor {this} mapped from a file cannot be written; copy it with Tensor.From.");
            }

            MarkWritten();
            return new Span<float>(Data, Length);
        }
    }

    /// <summary>
    /// Gets a number that increases whenever the elements may have been written: everything computed from them before is then out of date.
    /// </summary>
    internal int Version { get; private set; }

    internal float* Data => _data is not null ? _data
        : _widened is not null ? _widened.Data
        : IsLeased ? throw new ObjectDisposedException(nameof(Tensor), $"The memory of {this} has been returned to its computation.")
        : null;

    /// <summary>
    /// Gets or sets a value that indicates whether the backward pass needs the elements, so that <see cref="Dispose"/> has no effect.
    /// </summary>
    internal bool Recorded { get; set; }

    /// <summary>
    /// Gets a value that indicates whether the memory was leased from a computation, which leases that of the gradient too; it stays
    /// <see langword="true"/> after the lease has been returned.
    /// </summary>
    public bool IsLeased { get; }

    /// <summary>Returns the elements of row <paramref name="index"/>.</summary>
    public ReadOnlySpan<float> Row(int index) => Values.Slice(index * Columns, Columns);

    /// <summary>Creates a tensor of zeros.</summary>
    public static Tensor Zeros(params ReadOnlySpan<int> shape)
    {
        var memory = AlignedMemory(ElementCount(shape), out var data, zeros: true);
        return new Tensor(data, memory, shape, readOnly: false);
    }

    /// <summary>Creates a tensor with a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not the number of elements of the shape.</exception>
    public static Tensor From(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        if (ElementCount(shape) != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill the shape [{Describe(shape)}].", nameof(values));
        }

        var tensor = Zeros(shape);
        values.CopyTo(tensor.Writable);
        return tensor;
    }

    /// <summary>Creates a read-only tensor over memory that another object owns, such as a mapped file.</summary>
    /// <param name="data">The first element, aligned to four bytes.</param>
    /// <param name="owner">
    /// The owner of the memory, which the tensor keeps alive; <see cref="Trim"/> calls that of an <see cref="IStoredValues"/>.
    /// </param>
    /// <param name="shape">The size of each dimension.</param>
    public static Tensor Map(float* data, object owner, params ReadOnlySpan<int> shape) => new(data, owner, shape, readOnly: true);

    /// <summary>
    /// Creates a read-only tensor over elements of another type. An operation that looks up rows converts these rows; any other converts
    /// all elements, into a copy that is kept until <see cref="Trim"/>.
    /// </summary>
    /// <param name="values">The elements.</param>
    /// <param name="shape">The size of each dimension.</param>
    public static Tensor Widen(IStoredValues values, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Tensor(null, new WidenedValues(values, ElementCount(shape)), shape, readOnly: true);
    }

    /// <summary>Creates a tensor with a copy of the elements of another.</summary>
    /// <param name="other">The other tensor; elements of another type are converted without a copy that is kept.</param>
    public static Tensor From(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var tensor = Zeros(other.Shape);
        other.CopyTo(0, tensor.Writable);
        return tensor;
    }

    /// <summary>Copies elements; those of another type are converted.</summary>
    /// <param name="first">The index of the first element, in row-major order.</param>
    /// <param name="values">Receives the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has fewer elements.</exception>
    public void CopyTo(int first, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(values.Length, Length - first, nameof(values));
        if (_widened is null)
        {
            Values.Slice(first, values.Length).CopyTo(values);
        }
        else
        {
            _widened.Stored.CopyTo(first, values);
        }
    }

    /// <summary>
    /// Releases memory that can be made again when it is needed: the float32 copy of elements of another type, and on Linux the pages of a
    /// mapped file. No other thread may use the tensor meanwhile. Otherwise, the method has no effect.
    /// </summary>
    public void Trim()
    {
        _widened?.Release();
        (_widened?.Stored ?? _owner as IStoredValues)?.Trim();
    }

    /// <summary>Returns the number of elements of a shape.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative, or there are more than 2³¹−1 elements.</exception>
    public static int ElementCount(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (var dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
            count *= dimension;
            if (count > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(shape), $"The shape [{Describe(shape)}] has more than 2^31-1 elements.");
            }
        }

        return (int)count;
    }

    /// <summary>
    /// Returns leased memory to its computation, which may reuse it. It has no effect on other tensors, nor on tensors that the backward
    /// pass needs.
    /// </summary>
    public void Dispose()
    {
        if (!Recorded)
        {
            Release();
        }
    }

    /// <summary>Multiplies all elements in place by a number, on all threads.</summary>
    /// <param name="factor">The number.</param>
    public void Scale(float factor)
    {
        ForEachBlock((first, count) =>
        {
            var part = new Span<float>(Data + first, count);
            TensorPrimitives.Multiply(part, factor, part);
        });
        Version++;
    }

    /// <summary>
    /// Computes the sum of the squares of all elements, blocks in float32 and their sum in double, always in the same order.
    /// </summary>
    public double SumOfSquares()
    {
        var sums = new double[BlockCount];
        ForEachBlock(
            (first, count) => sums[first / BlockLength] = TensorPrimitives.SumOfSquares(new ReadOnlySpan<float>(Data + first, count)));
        var sum = 0.0;
        foreach (var part in sums)
        {
            sum += part;
        }

        return sum;
    }

    /// <summary>Returns a tensor with the memory of this one, which has none afterward.</summary>
    internal Tensor Move()
    {
        var moved = new Tensor(_lease!, Shape, Recorded);
        _lease = null;
        _data = null;
        return moved;
    }

    internal void Release()
    {
        if (_lease is { } lease)
        {
            _lease = null;
            _data = null;
            lease.Return();
        }
    }

    /// <summary>Returns the shape, as in <c>float32[2, 3]</c>.</summary>
    public override string ToString() => $"float32[{Describe(_shape)}]";

    internal static float[] AlignedMemory(int count, out float* data, bool zeros = false)
    {
        // Pinned arrays never move, so the aligned address inside stays valid for as long as the array lives.
        count = checked(count + (Alignment / sizeof(float)));
        var array = zeros ? GC.AllocateArray<float>(count, pinned: true) : GC.AllocateUninitializedArray<float>(count, pinned: true);
        data = Align(array);
        return array;
    }

    internal static float* Align(float[] pinned)
    {
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
        return (float*)((address + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    private void MarkWritten()
    {
        Version++;
        _reachedRows = null;
    }

    private int BlockCount => (Length + BlockLength - 1) / BlockLength;

    // Skips the blocks in which every element is zero.
    private void ForEachBlock(Action<int, int> body)
    {
        var tasks = (BlockCount + BlocksOfTask - 1) / BlocksOfTask;
        Workers.Shared.For(tasks, int.MaxValue, task =>
        {
            for (var block = task * BlocksOfTask; block < Math.Min(BlockCount, (task + 1) * BlocksOfTask); block++)
            {
                var first = block * BlockLength;
                var count = Math.Min(BlockLength, Length - first);
                if (_reachedRows is not { } reached
                    || reached.AsSpan(first / Columns, ((first + count - 1) / Columns) - (first / Columns) + 1).Contains(true))
                {
                    body(first, count);
                }
            }
        });
    }

    private static string Describe(ReadOnlySpan<int> shape) => string.Join(", ", shape.ToArray());
}
