using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Semblance.Fuzzing;

/// <summary>Makes inputs out of valid ones: the same number gives the same input, on every machine.</summary>
internal sealed class Mutator
{
    private const int MostChanges = 4;
    private const int LargestFile = 1 << 18;

    private static readonly long[] Numbers = [0, 1, -1, 2, 7, 127, 128, 255, 256, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, long.MaxValue, long.MinValue];

    private readonly Random _random;

    /// <summary>A mutator for one input of a target.</summary>
    public Mutator(string target, int number)
    {
        var seed = number;
        foreach (var character in target)
        {
            seed = (seed * 31) ^ character; // string.GetHashCode differs from run to run
        }

        _random = new Random(seed);
    }

    /// <summary>Changes one file of a seed in one to four places.</summary>
    public FuzzInput Mutate(IReadOnlyList<FuzzInput> seeds)
    {
        var input = Pick(seeds);
        var name = Pick(input.Files.Keys.ToArray());
        var content = input[name];
        for (var changes = _random.Next(1, MostChanges + 1); changes > 0; changes--)
        {
            content = Change(name, content, seeds);
            content = content.Length > LargestFile ? content[..LargestFile] : content;
        }

        return input.With(name, content);
    }

    private byte[] Change(string name, byte[] content, IReadOnlyList<FuzzInput> seeds) => Path.GetExtension(name) switch
    {
        ".json" when _random.Next(8) > 0 => new JsonMutator(_random).Mutate(content) ?? ChangeBytes(name, content, seeds),
        ".safetensors" or ".bin" or ".model" or ".png" or ".npy" => ChangeBytes(name, content, seeds),
        _ when _random.Next(2) > 0 => ChangeLines(content),
        _ => ChangeBytes(name, content, seeds),
    };

    private byte[] ChangeBytes(string name, byte[] content, IReadOnlyList<FuzzInput> seeds)
    {
        var (start, end) = Range(content.Length);
        switch (_random.Next(9))
        {
            case 0 when content.Length > 0:
                var flipped = content.ToArray();
                for (var count = _random.Next(1, 9); count > 0; count--)
                {
                    flipped[_random.Next(flipped.Length)] ^= (byte)(1 << _random.Next(8));
                }

                return flipped;
            case 1 when content.Length > 0:
                var replaced = content.ToArray();
                replaced[_random.Next(replaced.Length)] = (byte)Pick(Numbers);
                return replaced;
            case 2 when content.Length >= 8:
                var numbered = content.ToArray();
                BinaryPrimitives.WriteInt64LittleEndian(numbered.AsSpan(_random.Next(content.Length - 7)), Pick(Numbers));
                return numbered;
            case 3 when content.Length >= 4:
                var small = content.ToArray();
                BinaryPrimitives.WriteInt32LittleEndian(small.AsSpan(_random.Next(content.Length - 3)), (int)Pick(Numbers));
                return small;
            case 4:
                return content[..start];
            case 5:
                return [.. content[..start], .. content[end..]];
            case 6:
                return [.. content[..end], .. Enumerable.Repeat(content[start..end], Math.Min(_random.Next(1, 1000), 65536 / Math.Max(end - start, 1))).SelectMany(part => part), .. content[end..]];
            case 7:
                var noise = new byte[_random.Next(1, 33)];
                _random.NextBytes(noise);
                return [.. content[..start], .. noise, .. content[start..]];
            default:
                var donors = seeds.Where(seed => seed.Files.ContainsKey(name)).ToArray();
                var donor = donors.Length == 0 ? content : Pick(donors)[name];
                var (from, to) = Range(donor.Length);
                return [.. content[..start], .. donor[from..to], .. content[end..]];
        }
    }

    private byte[] ChangeLines(byte[] content)
    {
        var lines = Encoding.Latin1.GetString(content).Split('\n').ToList();
        var at = _random.Next(lines.Count);
        switch (_random.Next(10))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[_random.Next(lines.Count)]);
                break;
            case 2:
                lines[at] = string.Concat(Enumerable.Repeat(lines[at], Math.Min(_random.Next(1, 2000), 65536 / Math.Max(1, lines[at].Length))));
                break;
            case 3:
                lines[at] = new string(' ', _random.Next(1, 2000)) + lines[at];
                break;
            case 4:
                lines[at] = string.Concat(Enumerable.Repeat(Pick(["[", "{", "(", "- ", "\"", "{{", "{%", "&a ", "*a "]), _random.Next(1, 500))) + lines[at];
                break;
            case 5:
                lines[at] = Pick(Numbers).ToString(System.Globalization.CultureInfo.InvariantCulture);
                break;
            case 6:
                lines.AddRange(Enumerable.Repeat(lines[at], _random.Next(1, 200)));
                break;
            case 7:
                return Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(content))).ToArray();
            case 8:
                using (var memory = new MemoryStream())
                {
                    using (var zip = new GZipStream(memory, CompressionLevel.Fastest))
                    {
                        zip.Write(content);
                    }

                    return memory.ToArray();
                }

            default:
                var other = _random.Next(lines.Count);
                (lines[at], lines[other]) = (lines[other], lines[at]);
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private (int Start, int End) Range(int length)
    {
        var (one, other) = (_random.Next(length + 1), _random.Next(length + 1));
        return (Math.Min(one, other), Math.Max(one, other));
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
