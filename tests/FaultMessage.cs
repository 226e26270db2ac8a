namespace Semblance.Tests;

/// <summary>What the message of a fault says.</summary>
internal static class FaultMessage
{
    /// <summary>Fails unless the message begins with the file, names the part in quotes, and lists everything that is supported in its place.</summary>
    public static void ShouldName(this Exception fault, string file, string part, string supported)
    {
        fault.Message.ShouldStartWith(file);
        var (place, rest) = (fault.Message.IndexOf($"'{part}'", file.Length, StringComparison.Ordinal), supported.Split(' '));
        place.ShouldBeGreaterThan(0, fault.Message);
        var words = fault.Message[(place + part.Length)..].Split([' ', ',', ';', '\'', ':']).Select(word => word.TrimEnd('.')).ToHashSet();
        rest.ShouldAllBe(name => words.Contains(name), fault.Message);
    }
}
