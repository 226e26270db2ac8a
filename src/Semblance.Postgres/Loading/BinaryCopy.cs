using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Semblance.Postgres;

/// <summary>
/// Writes rows in the binary format of PostgreSQL's COPY, with pgvector's: the number of elements, a zero, and big-endian elements.
/// </summary>
internal sealed class BinaryCopy
{
    private const int FlushedAt = 1 << 18;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly bool _isHalf;
    private readonly bool _hasTerms;

    private BinaryCopy(IndexTable table) =>
        (_isHalf, _hasTerms) = (table.Options.Storage == PostgresStorage.Float16, table.Options.Bigrams);

    /// <summary>Copies rows into a table.</summary>
    /// <param name="connection">The open connection, in a transaction.</param>
    /// <param name="table">The table that defines the columns.</param>
    /// <param name="target">The name of the target table in SQL.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static async Task WriteAsync(
        NpgsqlConnection connection, IndexTable table, string target, IEnumerable<LoadRow> rows, CancellationToken cancellationToken)
    {
        var copy = new BinaryCopy(table);
        var stream = await connection.BeginRawBinaryCopyAsync(
            $"copy {target} ({table.Columns}) from stdin (format binary)", cancellationToken).ConfigureAwait(false);
        try
        {
            copy._buffer.Write(Header);
            foreach (var row in rows)
            {
                copy.Append(row);
                if (copy._buffer.WrittenCount >= FlushedAt)
                {
                    await copy.FlushAsync(stream, cancellationToken).ConfigureAwait(false);
                }
            }

            copy.Append16(-1);
            await copy.FlushAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch when (connection.FullState.HasFlag(System.Data.ConnectionState.Open)
            && !connection.FullState.HasFlag(System.Data.ConnectionState.Broken))
        {
            await stream.CancelAsync().ConfigureAwait(false); // disposing alone would commit the rows sent so far
            throw;
        }

        await stream.DisposeAsync().ConfigureAwait(false); // waits for the confirmation of the server
    }

    /// <summary>Returns the bytes of one row.</summary>
    internal static byte[] Of(LoadRow row, IndexTable table)
    {
        var copy = new BinaryCopy(table);
        copy.Append(row);
        return copy._buffer.WrittenSpan.ToArray();
    }

    private async Task FlushAsync(NpgsqlRawCopyStream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    private void Append(LoadRow row)
    {
        Append16((short)(_hasTerms ? 5 : 4));
        AppendJson(row.Id);
        AppendVector(row.Vector);
        AppendText(row.Text);
        AppendJson(row.Metadata);
        if (_hasTerms)
        {
            AppendText(row.Terms);
        }
    }

    private void AppendVector(float[] vector)
    {
        var size = _isHalf ? 2 : 4;
        Append32(4 + (vector.Length * size));
        Append16((short)vector.Length);
        Append16(0);
        var bytes = Extend(vector.Length * size);
        for (var i = 0; i < vector.Length; i++)
        {
            if (_isHalf)
            {
                BinaryPrimitives.WriteHalfBigEndian(bytes[(2 * i)..], (Half)vector[i]);
            }
            else
            {
                BinaryPrimitives.WriteSingleBigEndian(bytes[(4 * i)..], vector[i]);
            }
        }
    }

    private void AppendText(string? text)
    {
        if (text is null)
        {
            Append32(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Append32(length);
        Encoding.UTF8.GetBytes(text, Extend(length));
    }

    // jsonb: a version byte, then the text.
    private void AppendJson(string json)
    {
        var length = Encoding.UTF8.GetByteCount(json);
        Append32(length + 1);
        Extend(1)[0] = 1;
        Encoding.UTF8.GetBytes(json, Extend(length));
    }

    private void Append16(short value) => BinaryPrimitives.WriteInt16BigEndian(Extend(2), value);

    private void Append32(int value) => BinaryPrimitives.WriteInt32BigEndian(Extend(4), value);

    private Span<byte> Extend(int count)
    {
        var span = _buffer.GetSpan(count)[..count];
        _buffer.Advance(count);
        return span;
    }
}
