using System.Runtime.InteropServices;

namespace Semblance.Files;

/// <summary>Provides calls of a POSIX file system that .NET lacks: flushing a folder, exchanging two folders, hard links.</summary>
internal static partial class NativeFiles
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint ExchangeFlag = 2; // Linux's RENAME_EXCHANGE, and macOS's RENAME_SWAP
    private const int Unsupported = 22; // EINVAL: the file system cannot flush folders

    /// <summary>Flushes the names in a folder to the disk. Windows has a journal of them and needs no call.</summary>
    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var handle = Open(folder, 0);
        if (handle < 0)
        {
            return; // a folder that can be written but not read cannot be flushed
        }

        var failed = Synchronize(handle) != 0 && Marshal.GetLastPInvokeError() is not Unsupported;
        var message = failed ? Marshal.GetLastPInvokeErrorMessage() : "";
        _ = Close(handle);
        if (failed)
        {
            throw new IOException($"{folder}: the folder cannot be flushed to the disk ({message}); check the disk.");
        }
    }

    /// <summary>Exchanges the names of two folders in one step.</summary>
    /// <returns><see langword="true"/> if they were exchanged; not every system and file system can.</returns>
    public static bool Exchange(string first, string second)
    {
        try
        {
            return OperatingSystem.IsLinux() ? RenameAt(CurrentFolder, first, CurrentFolder, second, ExchangeFlag) == 0
                : OperatingSystem.IsMacOS() && RenameExtended(first, second, ExchangeFlag) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // an older C library
        }
    }

    /// <summary>Creates a hard link to a file.</summary>
    /// <returns><see langword="true"/> if it was created.</returns>
    public static bool Link(string file, string name) => !OperatingSystem.IsWindows() && HardLink(file, name) == 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int firstFolder, string first, int secondFolder, string second, uint flags);

    [LibraryImport("libc", EntryPoint = "renamex_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameExtended(string first, string second, uint flags);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HardLink(string file, string name);
}
