namespace Semblance.Checkpoints.Tests;

/// <summary>Damages valid files at random, repeatably.</summary>
internal static class Mutation
{
    /// <summary>Returns a copy with some bytes changed, sometimes truncated or with a part repeated.</summary>
    public static byte[] Of(byte[] whole, int seed)
    {
        var random = new Random(seed);
        var bytes = (byte[])whole.Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
        }

        var cut = random.Next(bytes.Length);
        return random.Next(8) switch
        {
            0 => bytes[..cut],
            1 => [.. bytes[..cut], .. bytes[random.Next(bytes.Length)..]],
            _ => bytes,
        };
    }

    /// <summary>
    /// Opens and reads everything; a <see cref="CheckpointFormatException"/> is expected, any other exception is a failure.
    /// </summary>
    public static void OpenAndReadAll(byte[] bytes, string path, Func<string, Checkpoint> open)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            var checkpoint = open(path);
            foreach (var info in checkpoint.Tensors)
            {
                checkpoint.Read(info.Name);
            }
        }
        catch (CheckpointFormatException)
        {
        }
    }
}
