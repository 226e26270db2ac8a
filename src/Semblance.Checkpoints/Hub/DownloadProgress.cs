namespace Semblance.Checkpoints;

/// <summary>Represents the progress of the download of a model.</summary>
/// <param name="File">The name in the folder of the model of the file that is downloaded.</param>
/// <param name="Received">The number of bytes received so far, including earlier attempts.</param>
/// <param name="Size">The size of the file in bytes; <see langword="null"/> if the server did not send it.</param>
/// <param name="Number">The number of the file, from 1.</param>
/// <param name="Count">The number of files.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Size, int Number, int Count);
