using System.Runtime.CompilerServices;

namespace Semblance;

/// <summary>
/// The texts that a term is in, and how often: for each text the distance from the one before, then the count, as
/// numbers of seven bits a byte. A usual entry takes two bytes.
/// </summary>
internal sealed class PostingList
{
    private byte[] _bytes = new byte[4];
    private int _length;
    private int _last = -1;

    /// <summary>How many texts the term is in.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a text behind all others.</summary>
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

    /// <summary>Reads from the first text on.</summary>
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

    /// <summary>Goes through the texts.</summary>
    public ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _next;

        /// <summary>The text.</summary>
        public int Text { get; private set; } = -1;

        /// <summary>How often the term is in it.</summary>
        public int Frequency { get; private set; }

        /// <summary>Goes to the next text, if there is one.</summary>
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
