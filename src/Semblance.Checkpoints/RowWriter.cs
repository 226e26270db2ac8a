using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>
/// Writes a matrix <c>[rows × columns]</c> row by row in bounded memory; the number of rows need not be known before the end. The file gets
/// its name with <see cref="Complete"/>; without it, nothing is left. Not thread-safe. The formats are fixed: a program cannot derive from
/// this class.
/// </summary>
public abstract class RowWriter : IDisposable
{
    private readonly AtomicFile _file;
    private readonly Func<int, byte[]> _header;
    private readonly int _headerLength;
    private long _values;

    /// <summary>Initializes a new instance of the <see cref="RowWriter"/> class.</summary>
    /// <param name="path">The path of the file to write.</param>
    /// <param name="type">The type of the elements: F32, F16, BF16, I8 or U8.</param>
    /// <param name="columns">The number of elements in a row.</param>
    /// <param name="header">Returns the first bytes of the file for a number of rows, always of the same length.</param>
    private protected RowWriter(string path, DType type, int columns, Func<int, byte[]> header)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (type is not (DType.F32 or DType.F16 or DType.BF16 or DType.I8 or DType.U8))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "The type is not supported; supported are F32, F16, BF16, I8 and U8.");
        }

        DType = type;
        Columns = columns;
        _header = header;
        _file = new AtomicFile(path);
        _headerLength = header(0).Length;
        _file.Stream.Write(new byte[_headerLength]);
    }

    /// <summary>Gets the type of the elements.</summary>
    public DType DType { get; }

    /// <summary>Gets the number of elements in a row.</summary>
    public int Columns { get; }

    /// <summary>Gets the number of rows written so far.</summary>
    public long Rows => _values / Columns;

    /// <summary>Appends one or more whole rows of float32.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<float> rows) => Append(rows, DType.F32);

    /// <summary>Appends one or more whole rows of float16.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<Half> rows) => Append(rows, DType.F16);

    /// <summary>Appends one or more whole rows of bfloat16.</summary>
    /// <param name="rows">The bits of the elements, one row after another.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<ushort> rows) => Append(rows, DType.BF16);

    /// <summary>Appends one or more whole rows of int8.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<sbyte> rows) => Append(rows, DType.I8);

    /// <summary>Appends one or more whole rows of uint8.</summary>
    /// <param name="rows">The rows, one after another.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<byte> rows) => Append(rows, DType.U8);

    /// <summary>Writes the header with the final number of rows and gives the file its name.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_file.Committed, this);
        _file.Stream.Position = 0;
        _file.Stream.Write(_header(checked((int)Rows)));
        _file.Commit();
    }

    /// <summary>Closes the file, and removes it unless it was completed.</summary>
    public void Dispose()
    {
        _file.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Append<T>(ReadOnlySpan<T> rows, DType type)
        where T : unmanaged
    {
        if (type != DType)
        {
            throw new InvalidOperationException($"The rows are {type}, but the file holds {DType}.");
        }

        if (rows.Length % Columns != 0)
        {
            throw new ArgumentException($"There are {rows.Length} values, which are not whole rows of {Columns}.", nameof(rows));
        }

        SafetensorsWriter.WriteValues(_file.Stream, rows);
        _values += rows.Length;
    }
}
