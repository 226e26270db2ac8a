namespace Semblance.Tensors;

/// <summary>Determines the number of processor cores.</summary>
internal static class ProcessorTopology
{
    private const string LinuxProcessors = "/sys/devices/system/cpu";

    /// <summary>
    /// Returns the number of physical cores, at most the number of processors that the process may use. Two threads of one core share its
    /// multipliers, so more workers than cores would only slow each other down.
    /// </summary>
    public static int PhysicalCores()
    {
        var usable = Environment.ProcessorCount;
        return OperatingSystem.IsLinux() ? Math.Clamp(LinuxCores(LinuxProcessors) ?? usable, 1, usable) : usable;
    }

    // Each processor lists the threads of its own core; distinct lists are distinct cores.
    internal static int? LinuxCores(string folder)
    {
        try
        {
            var cores = new HashSet<string>();
            foreach (var processor in Directory.EnumerateDirectories(folder, "cpu*"))
            {
                var siblings = Path.Combine(processor, "topology", "thread_siblings_list");
                if (char.IsAsciiDigit(processor[^1]) && File.Exists(siblings))
                {
                    cores.Add(File.ReadAllText(siblings).Trim());
                }
            }

            return cores.Count > 0 ? cores.Count : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
