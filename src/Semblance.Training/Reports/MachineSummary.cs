using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the environment of a training, without the names of the machine or its user.</summary>
/// <param name="Processor">The name of the processor.</param>
/// <param name="Threads">The number of threads.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="System">The operating system.</param>
public sealed record MachineSummary(string Processor, int Threads, string Runtime, string System)
{
    private const uint ExtendedLeaves = 0x80000000; // returns the last supported leaf
    private const uint BrandString = 0x80000002; // with the next two leaves: 48 characters

    /// <summary>Gets the summary of this machine.</summary>
    public static MachineSummary Current { get; } =
        new(ProcessorName(), Workers.Shared.Count, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription);

    private static string ProcessorName()
    {
        var name = "";
        if (X86Base.IsSupported && (uint)X86Base.CpuId(unchecked((int)ExtendedLeaves), 0).Eax >= BrandString + 2)
        {
            var brand = new byte[48];
            for (var i = 0; i < 3; i++)
            {
                var (a, b, c, d) = X86Base.CpuId(unchecked((int)BrandString) + i, 0);
                int[] registers = [a, b, c, d];
                for (var j = 0; j < 4; j++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(brand.AsSpan((16 * i) + (4 * j)), registers[j]);
                }
            }

            name = Encoding.ASCII.GetString(brand).Trim('\0', ' ');
        }

        return name.Length > 0 ? name : $"{RuntimeInformation.ProcessArchitecture} processor";
    }
}
