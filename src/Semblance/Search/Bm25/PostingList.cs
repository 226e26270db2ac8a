using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// Represents the texts that contain a term, and the term's frequency in each: for each text the difference to the number of the previous
/// one, then the frequency, as variable-length integers of seven bits per byte. A typical entry takes two bytes.
/// </summary>
internal sealed class PostingList
{
    private byte[] _bytes = new byte[4];
    private int _length;
    private int _last = -1;

    /// <summary>Gets the number of texts that contain the term.</summary>
    public int Count { get; private set; }

    /// <summary>Appends a text after all others.</summary>
    public void Add(int text, int frequency)
    {
        const int MostBytes = 10;
        if (_length + MostBytes > _bytes.Length && _length + Size(text - _last) + Size(frequency) > _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length + Math.Max(MostBytes, _bytes.Length / 2));
        }

        Write((uint)(text - _last));
        Write((uint)frequency);
        _last = text;
        Count++;
    }

    /// <summary>Returns a reader at the beginning of the list.</summary>
    public Reader Read() => new(_bytes.AsSpan(0, _length));

    private void Write(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes[_length++] = (byte)(value | 0x80);
        }

        _bytes[_length++] = (byte)value;
    }

    private static int Size(int value) => value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;

    /// <summary>Reads the texts of a list.</summary>
    public ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _next;

        /// <summary>Gets the number of the current text.</summary>
        public int Text { get; private set; } = -1;

        /// <summary>Gets the frequency of the term in the current text.</summary>
        public int Frequency { get; private set; }

        /// <summary>Moves to the next text and returns a value that indicates whether there is one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            if (_next == _bytes.Length)
            {
                return false;
            }

            Text += (int)Number();
            Frequency = (int)Number();
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private uint Number()
        {
            uint value = _bytes[_next++];
            if (value >= 0x80)
            {
                value &= 0x7F;
                for (var shift = 7; ; shift += 7)
                {
                    uint more = _bytes[_next++];
                    value |= (more & 0x7F) << shift;
                    if (more < 0x80)
                    {
                        break;
                    }
                }
            }

            return value;
        }
    }
}
