using System.Buffers.Binary;

namespace Semblance.Transformers.Images;

/// <summary>
/// Represents the structure of a JPEG (ITU-T T.81, annex B): its frame, and checks that its scans cover every component and have all their
/// restart markers; otherwise a decoder leaves pixels undefined.
/// </summary>
internal ref struct JpegFile
{
    private const byte BaselineFrame = 0xC0, ProgressiveFrame = 0xC2, HuffmanTables = 0xC4, LastFrame = 0xCF, FirstRestart = 0xD0,
        LastRestart = 0xD7;
    private const byte EndOfImage = 0xD9, Scan = 0xDA, QuantizationTables = 0xDB, RestartInterval = 0xDD, Adobe = 0xEE;
    private const int MostScans = 256; // a progressive image has about ten; each may cost as much as a whole image

    private readonly ReadOnlySpan<byte> _file;
    private readonly int _restartInterval;
    private readonly bool _isAdobe;
    private ReadOnlySpan<byte> _components; // three bytes each: id, sampling factors, table
    private bool _isProgressive;
    private int _begun; // one bit for each component

    /// <summary>Reads the structure.</summary>
    /// <exception cref="FormatException">
    /// The file is damaged, too large or of a kind that is not supported; the message describes the problem.
    /// </exception>
    public JpegFile(ReadOnlySpan<byte> file)
    {
        _file = file;
        End = 2;
        for (var scans = 0; Marker() is not EndOfImage and var marker;)
        {
            var segment = Segment();
            if (marker is >= BaselineFrame and <= LastFrame and not HuffmanTables)
            {
                TakeFrame(marker, segment);
            }
            else if (marker == RestartInterval && segment.Length == 2)
            {
                _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
            }
            else if (marker is HuffmanTables or QuantizationTables)
            {
                CheckTables(segment, marker == HuffmanTables);
            }
            else if (marker == Scan)
            {
                scans = scans < MostScans ? scans + 1 : throw new FormatException($"it has more than {MostScans} scans");
                TakeScan(segment);
            }

            _isAdobe |= marker == Adobe && segment.StartsWith("Adobe"u8);
        }

        if (_components.IsEmpty || _begun != (1 << (_components.Length / 3)) - 1)
        {
            throw new FormatException("a component has no scan");
        }

        if (_components.Length == 12 && !_isAdobe)
        {
            throw new FormatException("it has four components and no Adobe segment that defines their color space");
        }
    }

    /// <summary>Gets the position after the last marker.</summary>
    public int End { get; private set; }

    private int Width { get; set; }

    private int Height { get; set; }

    // Reads the next marker; bytes of 0xFF may fill the space before it.
    private byte Marker()
    {
        var found = false;
        for (; End < _file.Length; End++)
        {
            switch (_file[End])
            {
                case 0xFF:
                    found = true;
                    break;
                case not 0 and var marker when found:
                    End++;
                    return marker;
                default:
                    throw new FormatException("it is damaged where a marker should be");
            }
        }

        throw new FormatException("it ends before its last marker");
    }

    private ReadOnlySpan<byte> Segment()
    {
        var rest = _file[End..];
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out var length) || length < 2 || length > rest.Length)
        {
            throw new FormatException("a segment extends beyond its end");
        }

        End += length;
        return rest[2..length];
    }

    private void TakeFrame(byte marker, ReadOnlySpan<byte> segment)
    {
        if (marker > ProgressiveFrame)
        {
            throw new FormatException("lossless, hierarchical and arithmetic coding are not supported");
        }

        if (segment is not [8, _, _, _, _, 1 or 3 or 4, ..] || segment.Length != 6 + (3 * segment[5]) || !_components.IsEmpty)
        {
            throw new FormatException("only 8 bits a component, 1, 3 or 4 components and one frame are supported");
        }

        (Height, Width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        RgbImage.CheckSize((uint)Width, (uint)Height, _file.Length);
        _components = segment[6..];
        _isProgressive = marker == ProgressiveFrame;
        for (var i = 1; i < _components.Length; i += 3)
        {
            if ((_components[i] >> 4) is 0 or > 4 || (_components[i] & 15) is 0 or > 4)
            {
                throw new FormatException("a component has a sampling factor that is not 1 to 4");
            }
        }
    }

    // The tables of a segment must fill it: a decoder must not read beyond it.
    private static void CheckTables(ReadOnlySpan<byte> tables, bool areHuffman)
    {
        while (!tables.IsEmpty)
        {
            var length = areHuffman ? 17 : 1 + (64 * (1 + (tables[0] >> 4)));
            for (var i = 1; areHuffman && i < Math.Min(17, tables.Length); i++)
            {
                length += tables[i];
            }

            tables = length <= tables.Length ? tables[length..] : throw new FormatException("a table extends beyond its segment");
        }
    }

    private void TakeScan(ReadOnlySpan<byte> segment)
    {
        if (segment is not [>= 1 and <= 4 and var count, ..] || segment.Length != 4 + (2 * count) || count > _components.Length / 3)
        {
            throw new FormatException("the header of a scan is damaged");
        }

        var begins = !_isProgressive || (segment[^3] == 0 && segment[^1] >> 4 == 0);
        int across = 8, down = 8; // pixels of a coding unit of several components, by the finest component
        for (var i = 0; i < _components.Length; i += 3)
        {
            (across, down) = (Math.Max(across, 8 * (_components[i + 1] >> 4)), Math.Max(down, 8 * (_components[i + 1] & 15)));
        }

        for (var i = 0; i < count; i++)
        {
            var component = 0;
            while (component < _components.Length && _components[component] != segment[1 + (2 * i)])
            {
                component += 3;
            }

            _begun |= component < _components.Length && begins ? 1 << (component / 3) : 0;
            if (component == _components.Length || (_begun & (1 << (component / 3))) == 0)
            {
                throw new FormatException("a scan has no component, or continues one that no scan has begun");
            }

            if (count == 1)
            {
                (across, down) = (across / (_components[component + 1] >> 4), down / (_components[component + 1] & 15));
            }
        }

        var units = (long)((Width + across - 1) / across) * ((Height + down - 1) / down);
        var restarts = SkipPixels();
        if (_restartInterval > 0 && restarts < (units - 1) / _restartInterval)
        {
            throw new FormatException("a scan lacks restart markers");
        }
    }

    // Moves to the marker after a scan's pixels, and counts the restart markers among them.
    private int SkipPixels()
    {
        for (var restarts = 0; ;)
        {
            var next = _file[End..].IndexOf((byte)0xFF);
            if (next < 0 || End + next + 1 == _file.Length)
            {
                throw new FormatException("it ends before its last marker");
            }

            End += next;
            switch (_file[End + 1])
            {
                case 0:
                    End += 2;
                    break;
                case 0xFF:
                    End++;
                    break;
                case >= FirstRestart and <= LastRestart:
                    End += 2;
                    restarts++;
                    break;
                default:
                    return restarts;
            }
        }
    }
}
