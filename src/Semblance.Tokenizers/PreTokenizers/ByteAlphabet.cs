using System.Text;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Provides the alphabet of GPT-2: a printable character for each of the 256 bytes.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>Returns the character of a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>Returns the byte of a character, or -1.</summary>
    public static int ByteOf(char character) => character < Bytes.Length ? Bytes[character] : -1;

    /// <summary>Writes the characters for the bytes of a part of a text that is being rewritten.</summary>
    public static void Append(NormalizedText text, ReadOnlySpan<char> old, int start, int end)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (var i = start; i < end;)
        {
            if (old[i] < 0x80)
            {
                text.Append(Characters[old[i]], i);
                i++;
                continue;
            }

            Rune.DecodeFromUtf16(old[i..end], out var rune, out var units);
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                text.Append(Characters[value], i);
            }

            i += units;
        }
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var isPrintable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = (char)(isPrintable ? value : next++);
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Characters.Max() + 1];
        bytes.AsSpan().Fill(-1);
        for (var value = 0; value < 256; value++)
        {
            bytes[Characters[value]] = (short)value;
        }

        return bytes;
    }
}
