using System.Runtime.InteropServices;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Provides memory for code: it is written first, then made executable and read-only, and never both writable and executable. The process
/// frees it at its end.
/// </summary>
internal static unsafe partial class ExecutableMemory
{
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;
    private const int Private = 2;
    private const int AnonymousLinux = 0x20;
    private const int AnonymousMac = 0x1000;

    private const uint CommitReserve = 0x3000;
    private const uint ReadWritePage = 0x04;
    private const uint ExecuteReadPage = 0x20;

    /// <summary>Returns the address of a copy of some code; <see langword="null"/> if the system does not permit it.</summary>
    public static byte* Of(ReadOnlySpan<byte> code)
    {
        try
        {
            return OperatingSystem.IsWindows() ? OnWindows(code)
                : OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? OnUnix(code) : null;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    private static byte* OnUnix(ReadOnlySpan<byte> code)
    {
        var anonymous = OperatingSystem.IsMacOS() ? AnonymousMac : AnonymousLinux;
        var memory = Map(0, (nuint)code.Length, Read | Write, Private | anonymous, -1, 0);
        if (memory is 0 or -1)
        {
            return null;
        }

        code.CopyTo(new Span<byte>((void*)memory, code.Length));
        if (Protect(memory, (nuint)code.Length, Read | Execute) == 0)
        {
            return (byte*)memory;
        }

        _ = Unmap(memory, (nuint)code.Length);
        return null;
    }

    private static byte* OnWindows(ReadOnlySpan<byte> code)
    {
        var memory = VirtualAlloc(0, (nuint)code.Length, CommitReserve, ReadWritePage);
        if (memory == 0)
        {
            return null;
        }

        code.CopyTo(new Span<byte>((void*)memory, code.Length));
        return VirtualProtect(memory, (nuint)code.Length, ExecuteReadPage, out _) != 0 ? (byte*)memory : null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(nint address, nuint size, uint protection, out uint before);
}
