using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>
/// Writes one array of <c>[rows × columns]</c> row by row in bounded memory; how many rows there are is known at the
/// end. The file appears under its name with <see cref="Complete"/>; without it, nothing is left. One thread at a time.
/// </summary>
public abstract class RowWriter : IDisposable
{
    private readonly AtomicFile _file;
    private readonly Func<int, byte[]> _header;
    private readonly int _headerLength;
    private long _values;

    /// <param name="path">The file to write.</param>
    /// <param name="type">F32, F16, I8 or U8.</param>
    /// <param name="columns">The number of elements in a row.</param>
    /// <param name="header">The file's first bytes for a number of rows: always the same length.</param>
    private protected RowWriter(string path, DType type, int columns, Func<int, byte[]> header)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (type is not (DType.F32 or DType.F16 or DType.I8 or DType.U8))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "Rows of F32, F16, I8 or U8 can be written.");
        }

        DType = type;
        Columns = columns;
        _header = header;
        _file = new AtomicFile(path);
        _headerLength = header(0).Length;
        _file.Stream.Write(new byte[_headerLength]);
    }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; }

    /// <summary>The number of elements in a row.</summary>
    public int Columns { get; }

    /// <summary>The number of rows written so far.</summary>
    public long Rows => _values / Columns;

    /// <summary>Appends one or more whole rows of float32.</summary>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<float> rows) => Append(rows, DType.F32);

    /// <summary>Appends one or more whole rows of float16.</summary>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<Half> rows) => Append(rows, DType.F16);

    /// <summary>Appends one or more whole rows of signed bytes.</summary>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidOperationException">The file holds another type.</exception>
    public void Write(ReadOnlySpan<sbyte> rows) => Append(rows, DType.I8);

    /// <summary>Appends one or more whole rows of unsigned bytes.</summary>
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

    /// <summary>Removes what was written, unless it was completed.</summary>
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
            throw new InvalidOperationException($"The file holds {DType}, not {type}.");
        }

        if (rows.Length % Columns != 0)
        {
            throw new ArgumentException($"{rows.Length} values are not whole rows of {Columns}.", nameof(rows));
        }

        SafetensorsWriter.WriteValues(_file.Stream, rows);
        _values += rows.Length;
    }
}
